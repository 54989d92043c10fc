import { InvalidArgumentError } from 'commander';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const UNITS: Record<string, number> = { s: 1, m: MINUTE, h: HOUR, d: DAY, w: 7 * DAY };

/** `30d` → seconds; the units are s, m, h, d and w, without one it is seconds. */
export function durationSeconds(text: string): number {
  const [, count, unit] = /^(\d{1,12})([smhdw]?)$/.exec(text.trim()) ?? [];
  const seconds = Number(count) * (UNITS[unit || 's'] ?? Number.NaN);
  if (Number.isSafeInteger(seconds) && seconds > 0) return seconds;
  throw new InvalidArgumentError('It has to be a number with one of the units s, m, h, d, w, such as 30d.');
}
