import { eventData } from '../../../packages/server/src/domain/nodes/events.ts';
import type { NodeRecord } from '../../../packages/server/src/domain/nodes/node.ts';
import { NODE_CHANNEL } from '../../../packages/server/src/domain/nodes/store-nodes.ts';
import type { NewEvent } from '../../../packages/server/src/store/events.ts';

const eventOf = (node: NodeRecord, data: string, listed: boolean): NewEvent => ({
  channel: NODE_CHANNEL,
  owner: node.owner,
  nodeId: node.id,
  listed,
  data,
});

/**
 * The log's entries about new nodes: tests come as hierarchies, which the channel does not tell of one by one; other
 * nodes are created running and updated when they are done.
 */
export function createdEvents(nodes: readonly NodeRecord[]): NewEvent[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'test') return [eventOf(node, eventData('created', node, {}), false)];
    const fresh: NodeRecord = { ...node, state: 'running', result: null };
    const created = eventOf(node, eventData('created', fresh, {}), true);
    if (node.state === 'running') return [created];
    return [created, eventOf(node, eventData('updated', node, { previous: fresh }), true)];
  });
}
