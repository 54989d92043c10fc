import { ApiError, FeedGoneError } from '../errors.ts';
import type { FeedStart } from './feed-question.ts';

const GONE = 410;

/** A refusal because of a position that is too old, as an error of its own; others as they are. */
export function asGone(error: unknown, after: FeedStart | undefined): unknown {
  if (!(error instanceof ApiError) || error.status !== GONE) return error;
  const oldest = oldestIn(error.body);
  return oldest === undefined ? error : goneError(after, oldest, error);
}

export function goneError(after: FeedStart | undefined, oldest: number, cause?: unknown): FeedGoneError {
  return new FeedGoneError(typeof after === 'number' ? after : undefined, oldest, { cause });
}

/** What `{"detail": …, "oldest": …}` says. */
export function oldestIn(body: unknown): number | undefined {
  if (typeof body !== 'object' || body === null || !('oldest' in body)) return undefined;
  return typeof body.oldest === 'number' ? body.oldest : undefined;
}
