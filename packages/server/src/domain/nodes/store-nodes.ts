import { DomainError, notFound } from '../../errors.ts';
import type { Tx } from '../../store/database.ts';
import { appendEvents, type NewEvent } from '../../store/events.ts';
import { findGroupsByName } from '../../store/groups.ts';
import { existingNodes, insertNodes, type NodeToStore } from '../../store/nodes.ts';
import { toStore } from './document.ts';
import { nodeEvent } from './events.ts';
import type { NodeRecord } from './node.ts';

/** A new node with what goes to the database, made before the transaction so that it holds nobody up. */
export interface PreparedNode {
  node: NodeRecord;
  stored: NodeToStore;
  event: NewEvent;
}

export function prepareNode(node: NodeRecord): PreparedNode {
  return {
    node,
    stored: toStore(node),
    event: nodeEvent('created', node, {}),
  };
}

async function missingParents(tx: Tx, nodes: readonly NodeRecord[]): Promise<Set<string>> {
  const parents = new Set(nodes.flatMap(({ parent }) => (parent === null ? [] : [parent])));
  const found = await existingNodes(tx, [...parents]);
  return parents.difference(found);
}

/** The names in the nodes' `user_groups` that no group has. */
export async function missingGroups(tx: Tx, nodes: readonly NodeRecord[]): Promise<Set<string>> {
  const names = new Set(nodes.flatMap((node) => node.user_groups));
  const found = new Set((await findGroupsByName(tx, [...names])).map(({ name }) => name));
  return names.difference(found);
}

export const unknownGroup = (name: string): DomainError =>
  new DomainError('unknown_group', `User group does not exist with name: ${name}`);

/**
 * Stores the new nodes whose parents and groups exist, with their events. Answers, for each, why it was not stored;
 * undefined when it was.
 */
export async function storeNewNodes(
  tx: Tx,
  prepared: readonly PreparedNode[],
  now: number,
): Promise<Array<DomainError | undefined>> {
  const nodes = prepared.map(({ node }) => node);
  const noParent = await missingParents(tx, nodes);
  const noGroup = await missingGroups(tx, nodes);
  const refusals = nodes.map(({ parent, user_groups }) => {
    if (parent !== null && noParent.has(parent)) return notFound(`Parent not found with id: ${parent}`);
    const group = user_groups.find((name) => noGroup.has(name));
    return group === undefined ? undefined : unknownGroup(group);
  });
  const accepted = prepared.filter((_, i) => refusals[i] === undefined);
  await insertNodes(
    tx,
    accepted.map(({ stored }) => stored),
  );
  await appendEvents(
    tx,
    accepted.map(({ event }) => event),
    now,
  );
  return refusals;
}
