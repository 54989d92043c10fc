import type { Tx } from '../../store/database.ts';
import { appendEvents } from '../../store/events.ts';
import { lockNode, updateNode } from '../../store/nodes.ts';
import type { Principal } from '../access/principal.ts';
import type { Uses } from '../services.ts';
import { columnsOf, documentOf, recordOf } from './document.ts';
import { mayEdit } from './edit-rights.ts';
import { nodeEvent } from './events.ts';
import type { NodeRecord } from './node.ts';
import { mayNotEdit, nodeId, nodeNotFound, stale } from './node-errors.ts';

/** A node as it is stored now. */
export interface ReadNode {
  doc: string;
  /** The node's revision, which its ETag shows. */
  revision: number;
}

/** What the caller last saw of the node; the change is refused when the node is another by now. */
export type Precondition = (revision: number) => boolean;

/**
 * Changes one node in a transaction that reads it again: changes made at once never undo each other.
 * Throws `bad_value`, `not_found`, `unauthorized`, `stale`, and what `change` throws.
 */
export async function changeNode(
  s: Uses<'db' | 'clock'>,
  principal: Principal,
  id: string,
  change: (current: NodeRecord, now: number) => NodeRecord,
  options: { ifMatch?: Precondition | undefined; silent?: boolean },
): Promise<ReadNode> {
  const known = nodeId(id);
  return s.db.write(async (tx) => {
    const row = await lockNode(tx, known);
    if (row === undefined) throw nodeNotFound(id);
    const current = recordOf(row.doc);
    if (!mayEdit(current, principal)) throw mayNotEdit();
    if (options.ifMatch && !options.ifMatch(row.revision)) throw stale();
    const now = s.clock();
    const node = change(current, now);
    const doc = documentOf(node);
    await updateNode(tx, row.seq, { columns: columnsOf(node), doc });
    if (!options.silent) await appendUpdated(tx, current, node, now);
    return { doc, revision: row.revision + 1 };
  });
}

async function appendUpdated(tx: Tx, previous: NodeRecord, node: NodeRecord, now: number): Promise<void> {
  await appendEvents(tx, [nodeEvent('updated', node, { previous })], now);
}
