import { DAY, HOUR, MINUTE, SECOND } from '@kernelci/model';

/** Durations in milliseconds. */
export interface MailTiming {
  /** How often the queue is looked at when nothing wakes the worker: for mails that other processes left. */
  poll: number;
  /** How long a claim holds without being renewed; it is renewed several times in that span. */
  lease: number;
  /** The longest that one attempt may take. */
  attempt: number;
  /** Waits after the first failed attempt, the second, and so on; the last one repeats. */
  retries: readonly number[];
  /** The age of a mail after which no further attempt is made. */
  giveUp: number;
  /** How long a stop waits for the mails in flight. */
  stop: number;
  /** How long mails that failed are kept, without what they said. */
  keepFailed: number;
}

export const defaultTiming: MailTiming = {
  poll: 5 * SECOND,
  lease: 10 * SECOND,
  attempt: 10 * MINUTE,
  retries: [30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, HOUR, 2 * HOUR, 4 * HOUR],
  giveUp: 3 * DAY,
  stop: 5 * SECOND,
  keepFailed: 30 * DAY,
};

const JITTER = 0.2;

/** When to try again after `attempts` failed ones; not all at the same moment. */
export function retryAt(timing: MailTiming, now: number, attempts: number): number {
  const wait = timing.retries[Math.min(attempts, timing.retries.length) - 1] ?? timing.poll;
  return now + Math.round(wait * (1 - JITTER * Math.random()));
}
