import type { NodeBody, PatchBody } from '@kernelci/model';
import { DomainError } from '../../errors.ts';
import { changesOf, nodeOf } from './fields.ts';
import type { NodeRecord } from './node.ts';
import { assertNoId, replacement } from './replacement.ts';
import { checkTransition, processedAfter } from './state.ts';

export { hierarchyNodes } from './hierarchy.ts';

/**
 * The node that a body creates. Throws `invalid` for fields that cannot be read; `bad_value` for an id, for an
 * unknown kind, and for data that does not fit the kind.
 */
export function newNode(body: NodeBody, context: { id: string; owner: string; now: number }): NodeRecord {
  const { id, owner, now } = context;
  return nodeOf(body, now, { id, owner }, () => assertNoId(body));
}

/**
 * The node with everything replaced by the body but its id, owner, submitter and groups; what the body leaves out
 * returns to its default. Throws as `newNode` does, and `bad_value` for a state that cannot follow the current one.
 */
export function replacedNode(current: NodeRecord, body: NodeBody, now: number): NodeRecord {
  const node = replacement(current, body, now);
  checkTransition(current.state, node.state);
  return node;
}

/**
 * The node with the fields of the body, each replaced as a whole. Throws `bad_value` when the body has none that can
 * be changed, and as `replacedNode` does.
 */
export function patchedNode(current: NodeRecord, body: PatchBody, now: number): NodeRecord {
  const changes = changesOf(current.kind, body);
  if (changes === undefined) throw new DomainError('bad_value', 'No fields to update');
  const { state = current.state } = changes;
  checkTransition(current.state, state);
  return {
    ...current,
    ...changes,
    updated: now,
    processed_by_kcidb_bridge: processedAfter(current, state, body.processed_by_kcidb_bridge),
  };
}
