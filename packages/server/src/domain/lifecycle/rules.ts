import type { NodeRecord } from '../nodes/node.ts';
import { processedAfter } from '../nodes/state.ts';

function moved(node: NodeRecord, now: number, change: Partial<NodeRecord> & Pick<NodeRecord, 'state'>) {
  const processed_by_kcidb_bridge = processedAfter(node, change.state, undefined);
  return { ...node, ...change, updated: now, processed_by_kcidb_bridge };
}

/** The node given up, as its timeout has passed. A result that is there stays, and nothing is said beside it. */
export function timedOut(node: NodeRecord, now: number): NodeRecord {
  if (node.result !== null) return moved(node, now, { state: 'done' });
  const data = { ...node.data, error_code: 'node_timeout', error_msg: 'Node timed-out' };
  return moved(node, now, { state: 'done', result: 'incomplete', data });
}

/** The node when its holdoff has passed: it waits for what is open below it, if anything is. */
export function released(node: NodeRecord, now: number, hasOpenBelow: boolean): NodeRecord {
  return moved(node, now, { state: hasOpenBelow ? 'closing' : 'done' });
}

/** The node when nothing is open below it any more. */
export function closed(node: NodeRecord, now: number): NodeRecord {
  return moved(node, now, { state: 'done' });
}
