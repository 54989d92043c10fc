import type { Progress } from '../io/progress.ts';
import { writeOut } from '../io/write-out.ts';

export interface PrintOptions {
  /** On a terminal, through the pager. */
  paged: boolean;
  /** Told until there is something to see on the terminal. */
  progress?: Progress | undefined;
}

/** Prints text while it is made. */
export async function printChunks(chunks: AsyncIterable<string>, options: PrintOptions): Promise<void> {
  const { isTTY } = process.stdout;
  const iterator = chunks[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (isTTY) options.progress?.end();
  const all = resumed(first, iterator);
  if (isTTY && options.paged) {
    const [{ findPager }, { showInPager }] = await Promise.all([
      import('../settings/pager.ts'),
      import('../io/pager.ts'),
    ]);
    const pager = findPager();
    if (pager !== undefined) return showInPager(pager, all);
  }
  return writeOut(all);
}

/** What an iterator gives, from an item on that it has given already. */
export async function* resumed<T>(
  first: IteratorResult<T, unknown>,
  rest: AsyncIterator<T>,
): AsyncGenerator<T, void> {
  try {
    for (let next = first; next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
