import { DomainError } from '../../errors.ts';
import { TimeLimitExceeded } from '../../store/node-query/reading.ts';
import { TooManyGroups } from '../../store/telemetry-query/groups.ts';

/** What the caller can do about a read that went beyond a limit; other errors as they are. */
function explain(error: unknown): unknown {
  if (error instanceof TimeLimitExceeded) {
    const message = `The query took longer than ${error.limit} seconds and was stopped: ask for less time with since and until`;
    return new DomainError('bad_value', message);
  }
  if (error instanceof TooManyGroups) {
    const message = `There are more than ${error.limit} groups: group by less, or add filters`;
    return new DomainError('bad_value', message);
  }
  return error;
}

/** What the read answers. Throws `bad_value` when it went beyond a limit. */
export async function limited<T>(read: Promise<T>): Promise<T> {
  try {
    return await read;
  } catch (error) {
    throw explain(error);
  }
}

/** The same text, which throws `bad_value` when reading it goes beyond a limit. */
export async function* textLimited(text: AsyncIterable<string>): AsyncGenerator<string, void> {
  try {
    yield* text;
  } catch (error) {
    throw explain(error);
  }
}
