import { HOUR } from '@kernelci/model';

const JITTER = 0.2;

export interface RetryTiming {
  /** The wait after the first failed attempt; each further one is twice as long, up to an hour. Milliseconds. */
  backoffMs: number;
  /** How long after the first failed attempt the last one is made. */
  retryMs: number;
}

/**
 * When to try again, after so many failed attempts of which the first was at `since`; undefined when that time is
 * over. Not all at the same moment, and the last time at its very end.
 */
export function nextAttempt(
  timing: RetryTiming,
  failures: { attempts: number; since: number; now: number },
): number | undefined {
  const end = failures.since + timing.retryMs;
  if (failures.now >= end) return undefined;
  const longest = Math.max(HOUR, timing.backoffMs);
  const wait = Math.min(timing.backoffMs * 2 ** (failures.attempts - 1), longest);
  return Math.min(failures.now + Math.round(wait * (1 - JITTER * Math.random())), end);
}
