import { DomainError } from '../../errors.ts';
import { SORTABLE } from '../../store/node-query/columns.ts';
import { TimeLimitExceeded, TreeTooLarge } from '../../store/node-query/reading.ts';

/** What the caller can do about a read that went beyond a limit; other errors as they are. */
function explain(error: unknown): unknown {
  if (error instanceof TimeLimitExceeded) {
    const fields = SORTABLE.join(', ');
    return new DomainError(
      'bad_value',
      `The query took longer than ${error.limit} seconds and was stopped: add a condition on a field that has an index (${fields})`,
    );
  }
  if (error instanceof TreeTooLarge) {
    return new DomainError('bad_value', `The tree has more than ${error.limit} nodes: ask for less depth`);
  }
  return error;
}

/** What the read answers. Throws `bad_value` when it went beyond a limit. */
export async function withinLimits<T>(read: Promise<T>): Promise<T> {
  try {
    return await read;
  } catch (error) {
    throw explain(error);
  }
}

/** The same text, which throws `bad_value` when reading it goes beyond a limit. */
export async function* textWithinLimits(text: AsyncIterable<string>): AsyncGenerator<string, void> {
  try {
    yield* text;
  } catch (error) {
    throw explain(error);
  }
}
