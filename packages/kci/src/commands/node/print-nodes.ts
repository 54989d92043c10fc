import type { Node } from '@kernelci/model';
import type { Factory } from '../../factory.ts';
import type { Progress } from '../../io/progress.ts';
import { printList } from '../print-list.ts';
import { nodeColumns } from './columns.ts';
import type { NodeListOptions } from './list-options.ts';

export interface PrintNodesOptions extends NodeListOptions {
  progress: Progress;
  /** More than one are shown in a pager. */
  paged: boolean;
}

/** Prints nodes while they arrive. */
export async function printNodes(
  factory: Factory,
  nodes: AsyncIterable<Partial<Node>>,
  { format, fields, progress, paged }: PrintNodesOptions,
): Promise<void> {
  await printList(factory, nodes, { format, columns: nodeColumns(fields), progress, paged });
}
