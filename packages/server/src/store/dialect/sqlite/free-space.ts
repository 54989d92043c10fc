import type { Executor } from '../../database.ts';

/** `PRAGMA auto_vacuum` of a file that can be made shorter. */
const INCREMENTAL = 2;
/** Pages of 4 KB that one step gives back: a megabyte. */
const STEP = 256;

async function pragma(x: Executor, name: string): Promise<number> {
  const [row] = await x.run<Record<string, number>>({ sql: `PRAGMA ${name}`, parameters: [] });
  return row?.[name] ?? 0;
}

/**
 * Moves pages from the end of the file into free ones, and makes the file shorter. Answers whether there is more to
 * give back. A file from before that was possible stays as it is.
 */
export async function giveSpaceBack(x: Executor): Promise<boolean> {
  if ((await pragma(x, 'auto_vacuum')) !== INCREMENTAL) return false;
  if ((await pragma(x, 'freelist_count')) === 0) return false;
  await x.run({ sql: `PRAGMA incremental_vacuum(${STEP})`, parameters: [] });
  return (await pragma(x, 'freelist_count')) > 0;
}
