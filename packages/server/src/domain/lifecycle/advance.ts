import type { Tx } from '../../store/database.ts';
import { appendEvents } from '../../store/events.ts';
import {
  closableNodes,
  type DueNodes,
  releasedNodes,
  timedOutNodes,
  withOpenBelow,
} from '../../store/lifecycle.ts';
import { updateNodes } from '../../store/nodes.ts';
import { nodeUpdate, recordOf, toStore } from '../nodes/document.ts';
import { nodeEvent } from '../nodes/events.ts';
import type { NodeRecord } from '../nodes/node.ts';
import type { Uses } from '../services.ts';
import { closed, released, timedOut } from './rules.ts';

/** Nodes changed in one transaction, at the most: bounds how long it holds up those who write too. */
export const BATCH = 50;

/** A rule by which time changes nodes. */
export interface TimeRule {
  readonly name: 'timeout' | 'holdoff' | 'closing';
  readonly due: DueNodes;
  /** The nodes as they are from now on, in their order. */
  apply(tx: Tx, nodes: readonly NodeRecord[], now: number): Promise<NodeRecord[]>;
}

export const TIMEOUT: TimeRule = {
  name: 'timeout',
  due: timedOutNodes,
  apply: async (_, nodes, now) => nodes.map((node) => timedOut(node, now)),
};

export const HOLDOFF: TimeRule = {
  name: 'holdoff',
  due: releasedNodes,
  apply: async (tx, nodes, now) => {
    const ids = nodes.map(({ id }) => id);
    const withOpen = await withOpenBelow(tx, ids);
    return nodes.map((node) => released(node, now, withOpen.has(node.id)));
  },
};

export const CLOSING: TimeRule = {
  name: 'closing',
  due: closableNodes,
  apply: async (_, nodes, now) => nodes.map((node) => closed(node, now)),
};

/**
 * Changes nodes whose moment by the rule has come, up to `BATCH` of them, in one transaction, with their events.
 * Answers how many it changed: fewer than `BATCH` when no more are due, or others are being changed by somebody else
 * at this moment. Several may call it at once: each node is changed by one of them.
 */
export async function advance(s: Uses<'db' | 'clock'>, rule: TimeRule): Promise<number> {
  // Most of the time there is nothing to do, which needs no transaction.
  if (!(await rule.due.any(s.db.reader, s.clock()))) return 0;
  return s.db.write(async (tx) => {
    const now = s.clock();
    const rows = await rule.due.lock(tx, now, BATCH);
    const previous = rows.map(({ doc }) => recordOf(doc));
    const nodes = await rule.apply(tx, previous, now);
    const updates = rows.map((row, i) =>
      nodeUpdate(row, previous[i] as NodeRecord, toStore(nodes[i] as NodeRecord)),
    );
    await updateNodes(tx, updates);
    const events = nodes.map((node, i) =>
      nodeEvent('updated', node, { previous: previous[i] as NodeRecord }),
    );
    await appendEvents(tx, events, now);
    return nodes.length;
  });
}
