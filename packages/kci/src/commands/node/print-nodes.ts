import type { Node } from '@kernelci/model';
import type { Factory } from '../../factory.ts';
import type { Progress } from '../../io/progress.ts';
import { jsonArray, jsonLines } from '../../output/json-chunks.ts';
import { paint } from '../../output/paint.ts';
import { printChunks, resumed } from '../../output/print-chunks.ts';
import { tableLines } from '../../output/table.ts';
import { oneOf } from '../../settings/parameters.ts';
import { nodeColumns } from './columns.ts';
import { FORMATS, type Format, type NodeListOptions } from './list-options.ts';

export interface PrintNodesOptions extends NodeListOptions {
  progress: Progress;
  /** More than one are shown in a pager. */
  paged: boolean;
}

/** Prints nodes while they arrive. */
export async function printNodes(
  factory: Factory,
  nodes: AsyncIterable<Partial<Node>>,
  options: PrintNodesOptions,
): Promise<void> {
  const { progress, fields } = options;
  try {
    const format = options.format ?? (await factory.setting('format', oneOf(FORMATS))) ?? 'json';
    const indent = await factory.indent();
    const { items, areMany } = await beginning(nodes);
    const chunks = chunksOf(format, counted(items, progress), { indent, fields });
    await printChunks(chunks, { paged: options.paged && areMany, progress });
  } finally {
    progress.end();
  }
}

function chunksOf(
  format: Format,
  nodes: AsyncIterable<Partial<Node>>,
  { indent, fields }: { indent: number; fields: readonly string[] | undefined },
): AsyncIterable<string> {
  if (format === 'table') return table(nodes, fields);
  return format === 'jsonl' ? jsonLines(nodes) : jsonArray(nodes, indent);
}

async function* table(
  nodes: AsyncIterable<Partial<Node>>,
  fields: readonly string[] | undefined,
): AsyncGenerator<string, void> {
  const rows = await Array.fromAsync(nodes);
  const room = process.stdout.isTTY ? process.stdout.columns : undefined;
  const lines = tableLines(nodeColumns(fields), rows, room, (title) => paint('bold', title));
  for (const line of lines) yield `${line}\n`;
}

async function* counted<T>(items: AsyncIterable<T>, progress: Progress): AsyncGenerator<T, void> {
  for await (const item of items) {
    progress.add(1);
    yield item;
  }
}

/** Whether there are more than one, found out without losing any. */
async function beginning<T>(nodes: AsyncIterable<T>): Promise<{ items: AsyncIterable<T>; areMany: boolean }> {
  const iterator = nodes[Symbol.asyncIterator]();
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
