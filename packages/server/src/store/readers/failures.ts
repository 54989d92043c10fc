import { StoreUnavailable } from '../errors.ts';
import { ReadCancelled, TimeLimitExceeded, TreeTooLarge } from '../node-query/reading.ts';
import { TooManyGroups } from '../telemetry-query/groups.ts';
import type { FailureNotice } from './messages.ts';

export function toNotice(error: unknown): FailureNotice {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const isLimit = [TimeLimitExceeded, TreeTooLarge, TooManyGroups].some((kind) => error instanceof kind);
  const limit = isLimit && 'limit' in error ? Number(error.limit) : undefined;
  return { name: error.name, message: error.message, stack: error.stack, limit };
}

/** The error that was thrown in the thread. */
export function fromNotice({ name, message, limit = 0, stack }: FailureNotice): Error {
  if (name === 'ReadCancelled') return new ReadCancelled();
  if (name === 'TimeLimitExceeded') return new TimeLimitExceeded(limit);
  if (name === 'TreeTooLarge') return new TreeTooLarge(limit);
  if (name === 'TooManyGroups') return new TooManyGroups(limit);
  if (name === 'StoreUnavailable') return new StoreUnavailable(message);
  const error = new Error(`reader thread: ${message}`);
  error.stack = stack ?? error.stack ?? '';
  return error;
}
