import { nodeEvent } from '../../../packages/server/src/domain/nodes/events.ts';
import type { NodeRecord } from '../../../packages/server/src/domain/nodes/node.ts';
import type { NewEvent } from '../../../packages/server/src/store/events.ts';

/**
 * The log's entries about new nodes: tests come as hierarchies, which the channel does not tell of one by one; other
 * nodes are created running and updated when they are done.
 */
export function createdEvents(nodes: readonly NodeRecord[]): NewEvent[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'test') return [nodeEvent('created', node, { listed: false })];
    const fresh: NodeRecord = { ...node, state: 'running', result: null };
    const created = nodeEvent('created', fresh, {});
    if (node.state === 'running') return [created];
    return [created, nodeEvent('updated', node, { previous: fresh })];
  });
}
