import type { NodeRecord } from './node.ts';

export interface EventContext {
  /** With `updated`: the node before the change. */
  previous?: NodeRecord;
  /** The event stands for a whole subtree that was written with the node. */
  isHierarchy?: boolean;
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
