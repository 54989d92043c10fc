import { DomainError } from '../../errors.ts';
import { parseTime } from '../query/time.ts';

/** The years that four digits write, 1 to 9999, in epoch milliseconds. */
const EARLIEST = Date.parse('0001-01-01T00:00:00Z');
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');
/** Numbers up to here are seconds since 1970, larger ones milliseconds. */
const SECONDS_MAX = 2e10;
const MICRO = 1e6;
const MILLI = 1e3;
const NUMBER = /^[+-]?\d+(?:\.\d+)?$/;

function fromNumber(value: number): number {
  if (Math.abs(value) > SECONDS_MAX) return Math.floor(value);
  return Math.floor(Math.round(value * MICRO) / MILLI);
}

/** The API's own form, of a day that every month has: told at a glance. */
const PLAIN =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?$/;

function fromText(text: string): number | undefined {
  if (PLAIN.test(text)) return Date.parse(`${text}Z`);
  if (NUMBER.test(text)) return fromNumber(Number(text));
  try {
    return parseTime('', text);
  } catch (error) {
    if (error instanceof DomainError) return undefined;
    throw error;
  }
}

/** The moment that a body names, in epoch milliseconds; undefined when it names none. */
export function readTime(value: string | number): number | undefined {
  const time = typeof value === 'number' ? fromNumber(value) : fromText(value);
  return time !== undefined && time >= EARLIEST && time <= LATEST ? time : undefined;
}
