import { NODE_CHANNEL } from '../../store/event-scan.ts';
import type { NewEvent } from '../../store/events.ts';
import type { NodeRecord } from './node.ts';

export interface EventContext {
  /** With `updated`: the node before the change. */
  previous?: NodeRecord;
  /** The event stands for a whole subtree that was written with the node. */
  isHierarchy?: boolean;
  /** False for an entry that only readers of the whole log see. */
  listed?: boolean;
}

/** What subscribers are told of a created or changed node, as JSON text. */
export function eventData(op: 'created' | 'updated', node: NodeRecord, context: EventContext): string {
  const { previous } = context;
  return JSON.stringify({
    op,
    id: node.id,
    kind: node.kind,
    name: node.name,
    path: node.path,
    group: node.group,
    state: node.state,
    result: node.result,
    owner: node.owner,
    data: node.data,
    is_hierarchy: context.isHierarchy ?? false,
    ...(previous === undefined
      ? undefined
      : { previous_state: previous.state, previous_result: previous.result }),
  });
}

/** The log's entry about a created or changed node. */
export function nodeEvent(op: 'created' | 'updated', node: NodeRecord, context: EventContext): NewEvent {
  const { kind, state, result, name, group, owner } = node;
  return {
    channel: NODE_CHANNEL,
    owner,
    nodeId: node.id,
    listed: context.listed ?? true,
    data: eventData(op, node, context),
    ...{ op, kind, state, result, name, group_name: group },
  };
}
