import { InvalidArgumentError } from 'commander';
import { UsageError } from '../../errors.ts';

/** @throws UsageError */
export function subscriptionId(text: string): number {
  const id = wholeOf(text);
  if (id !== undefined) return id;
  throw new UsageError(`'${text}' is not the id of a subscription: subscribe prints it`);
}

/** @throws UsageError */
export function sequenceIds(texts: readonly string[]): number[] {
  return texts.map((text) => {
    const id = wholeOf(text);
    if (id !== undefined) return id;
    throw new UsageError(`'${text}' is not the sequence_id of an event`);
  });
}

export type StartPlace = number | 'oldest' | 'latest';

/** Where in the log to begin; a parser for options. */
export function startPlace(text: string): StartPlace {
  if (text === 'oldest' || text === 'latest') return text;
  const position = wholeOf(text);
  if (position !== undefined) return position;
  throw new InvalidArgumentError("It has to be 'oldest', 'latest' or the sequence_id to go on behind.");
}

/** A parser of a position for options. */
export function position(text: string): number {
  const value = wholeOf(text);
  if (value !== undefined) return value;
  throw new InvalidArgumentError('It has to be the sequence_id of an event.');
}

function wholeOf(text: string): number | undefined {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}
