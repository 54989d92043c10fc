import { setTimeout as sleep } from 'node:timers/promises';
import pRetry from 'p-retry';
import { ApiError, ConnectionError, type ConnectionFailure } from '../errors.ts';

const RETRIES = 2;
const FIRST_DELAY_MS = 200;
const LONGEST_WAIT_SECONDS = 10;
const BUSY = new Set([502, 503, 504]);
const PASSING: ReadonlySet<ConnectionFailure> = new Set(['refused', 'reset', 'unreachable']);

/**
 * Runs a request that may be repeated up to three times: while the connection fails in a way that may pass, and while a
 * server or its proxy says that it is busy. A wait that the server asks for is kept, if it is at most ten seconds.
 */
export function retry<T>(attempt: () => Promise<T>): Promise<T> {
  return pRetry(attempt, {
    retries: RETRIES,
    minTimeout: FIRST_DELAY_MS,
    shouldRetry: ({ error }) => mayPass(error),
    onFailedAttempt: async ({ error, retriesLeft }) => {
      if (retriesLeft > 0 && mayPass(error)) await sleep(askedWait(error) * 1000);
    },
  });
}

function mayPass(error: Error): boolean {
  if (error instanceof ConnectionError) return PASSING.has(error.kind);
  return error instanceof ApiError && BUSY.has(error.status) && askedWait(error) <= LONGEST_WAIT_SECONDS;
}

function askedWait(error: Error): number {
  return error instanceof ApiError ? (error.retryAfter ?? 0) : 0;
}
