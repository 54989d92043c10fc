import { isId } from '@kernelci/model';
import type { Tx } from '../../store/database.ts';
import { appendEvents, type NewEvent } from '../../store/events.ts';
import { lockNodes, type NodeUpdate, updateNodes } from '../../store/nodes.ts';
import type { Principal } from '../access/principal.ts';
import type { Uses } from '../services.ts';
import { columnsOf, documentOf, nodeUpdate, recordOf } from './document.ts';
import { mayEdit } from './edit-rights.ts';
import { nodeEvent } from './events.ts';
import { Gatherer, type Outcome } from './gatherer.ts';
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

export interface NodeChange {
  /** As it was asked for. */
  id: string;
  principal: Principal;
  /** The node as it is to be. Throws when it may not be. */
  apply(current: NodeRecord, now: number): NodeRecord;
  ifMatch?: Precondition | undefined;
  /** Whether it leaves no event. */
  silent?: boolean;
}

/**
 * Changes nodes, many at once together. Every change is made to the node as it is read in the transaction, or as the
 * change before has left it: changes made at once never undo each other.
 */
export type NodeChanger = Gatherer<NodeChange, ReadNode>;

export const nodeChanger = ({ db, clock }: Uses<'db' | 'clock'>): NodeChanger =>
  new Gatherer<NodeChange, ReadNode>({ db, run: (tx, changes) => applyAll(tx, changes, clock()) });

interface Changing extends ReadNode {
  node: NodeRecord;
}

interface Changed extends ReadNode {
  event: NewEvent | undefined;
}

/** Makes one change to the nodes, which are locked. Throws when it is refused. */
function applyOne(nodes: Map<string, Changing>, change: NodeChange, now: number): Changed {
  const id = nodeId(change.id);
  const current = nodes.get(id);
  if (current === undefined) throw nodeNotFound(change.id);
  if (!mayEdit(current.node, change.principal)) throw mayNotEdit();
  if (change.ifMatch && !change.ifMatch(current.revision)) throw stale();
  const node = change.apply(current.node, now);
  const doc = documentOf(node);
  const revision = current.revision + 1;
  nodes.set(id, { node, doc, revision });
  const event = change.silent ? undefined : nodeEvent('updated', node, { previous: current.node });
  return { doc, revision, event };
}

async function applyAll(
  tx: Tx,
  changes: readonly NodeChange[],
  now: number,
): Promise<Array<Outcome<ReadNode>>> {
  const ids = changes.map(({ id }) => id).filter(isId);
  const rows = (await lockNodes(tx, ids)).map((row) => ({ ...row, node: recordOf(row.doc) }));
  const nodes = new Map<string, Changing>(rows.map((row) => [row.id, row]));
  const events: NewEvent[] = [];
  const outcomes = changes.map((change): Outcome<ReadNode> => {
    try {
      const { event, ...value } = applyOne(nodes, change, now);
      if (event !== undefined) events.push(event);
      return { value };
    } catch (refusal) {
      return { refusal };
    }
  });
  const updates = rows.flatMap((row): NodeUpdate[] => {
    const after = nodes.get(row.id);
    if (after === undefined || after.revision === row.revision) return [];
    const { node, doc, revision } = after;
    return [{ ...nodeUpdate(row, row.node, { columns: columnsOf(node), doc }), revision }];
  });
  await updateNodes(tx, updates);
  await appendEvents(tx, events, now);
  return outcomes;
}
