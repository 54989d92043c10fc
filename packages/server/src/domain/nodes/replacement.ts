import { isId, type NodeBody } from '@kernelci/model';
import { DomainError } from '../../errors.ts';
import { nodeOf } from './fields.ts';
import type { NodeRecord } from './node.ts';
import { malformedId } from './node-errors.ts';
import { processedAfter } from './state.ts';

const SHOWN_MAX = 100;

const idText = (id: unknown): string =>
  (typeof id === 'string' ? id : (JSON.stringify(id) ?? 'undefined')).slice(0, SHOWN_MAX);

/** Throws `bad_value` when the body of a new node chooses its id. */
export function assertNoId({ id = null }: NodeBody): void {
  if (id !== null) throw new DomainError('bad_value', `Object cannot be created with id: ${idText(id)}`);
}

function checkReplacing(id: string, { id: named = null, parent }: NodeBody): void {
  if (named !== null && !(typeof named === 'string' && isId(named))) throw malformedId(idText(named));
  if (parent?.toLowerCase() === id) {
    throw new DomainError('bad_value', `parent: A node cannot be its own parent: ${id}`);
  }
}

/** The node as the body replaces it, whatever its state was. Throws as `nodeOf` does. */
export function replacement(current: NodeRecord, body: NodeBody, now: number): NodeRecord {
  const { id, owner, submitter, user_groups } = current;
  const given = {
    id,
    owner,
    submitter,
    user_groups,
    updated: now,
    processed_by_kcidb_bridge: processedAfter(
      current,
      body.state ?? 'running',
      body.processed_by_kcidb_bridge,
    ),
  };
  return nodeOf(body, now, given, () => checkReplacing(id, body));
}
