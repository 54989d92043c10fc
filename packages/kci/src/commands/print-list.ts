import type { Factory } from '../factory.ts';
import type { Progress } from '../io/progress.ts';
import { jsonArray, jsonLines } from '../output/json-chunks.ts';
import { paint } from '../output/paint.ts';
import { printChunks, resumed } from '../output/print-chunks.ts';
import { type Column, tableLines } from '../output/table.ts';
import { oneOf } from '../settings/parameters.ts';
import { FORMATS, type Format } from './list-format.ts';

export interface PrintListOptions<T> {
  /** Default: what the settings say, else `json`. */
  format?: Format | undefined;
  /** Of the table. */
  columns: readonly Column<T>[];
  progress?: Progress | undefined;
  /** More than one are shown in a pager. */
  paged: boolean;
}

/** Prints items while they arrive. */
export async function printList<T>(
  factory: Factory,
  all: AsyncIterable<T>,
  options: PrintListOptions<T>,
): Promise<void> {
  const { progress, columns } = options;
  try {
    const format = options.format ?? (await factory.setting('format', oneOf(FORMATS))) ?? 'json';
    const indent = await factory.indent();
    const { items, areMany } = await beginning(all);
    const chunks = chunksOf(format, counted(items, progress), { indent, columns });
    await printChunks(chunks, { paged: options.paged && areMany, progress });
  } finally {
    progress?.end();
  }
}

/** The items of a list that is there already. */
export async function* each<T>(items: readonly T[]): AsyncGenerator<T, void> {
  yield* items;
}

function chunksOf<T>(
  format: Format,
  items: AsyncIterable<T>,
  { indent, columns }: { indent: number; columns: readonly Column<T>[] },
): AsyncIterable<string> {
  if (format === 'table') return table(items, columns);
  return format === 'jsonl' ? jsonLines(items) : jsonArray(items, indent);
}

async function* table<T>(
  items: AsyncIterable<T>,
  columns: readonly Column<T>[],
): AsyncGenerator<string, void> {
  const rows = await Array.fromAsync(items);
  const room = process.stdout.isTTY ? process.stdout.columns : undefined;
  const lines = tableLines(columns, rows, room, (title) => paint('bold', title));
  for (const line of lines) yield `${line}\n`;
}

async function* counted<T>(items: AsyncIterable<T>, progress: Progress | undefined): AsyncGenerator<T, void> {
  for await (const item of items) {
    progress?.add(1);
    yield item;
  }
}

/** Whether there are more than one, found out without losing any. */
async function beginning<T>(items: AsyncIterable<T>): Promise<{ items: AsyncIterable<T>; areMany: boolean }> {
  const iterator = items[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done === true) return { items: resumed(first, iterator), areMany: false };
  const second = await iterator.next();
  const rest = resumed(second, iterator);
  return {
    items: (async function* () {
      yield first.value;
      yield* rest;
    })(),
    areMany: second.done !== true,
  };
}
