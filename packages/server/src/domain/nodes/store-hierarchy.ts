import { type HierarchyBody, newId } from '@kernelci/model';
import { appendEvents } from '../../store/events.ts';
import { insertNodes, lockNode, updateNodes } from '../../store/nodes.ts';
import type { Principal } from '../access/principal.ts';
import type { Uses } from '../services.ts';
import { nodeUpdate, recordOf, toStore } from './document.ts';
import { mayEdit } from './edit-rights.ts';
import { nodeEvent } from './events.ts';
import { mayNotEdit, nodeId, nodeNotFound } from './node-errors.ts';
import { hierarchyNodes } from './normalise.ts';
import { missingGroups, unknownGroup } from './store-nodes.ts';

/**
 * Replaces a node and adds its whole subtree, all or nothing. The channel tells of the root alone, the log of every
 * node. Answers the nodes' texts: the root first, depth first.
 */
export async function storeHierarchy(
  s: Uses<'db' | 'clock'>,
  principal: Principal,
  id: string,
  body: HierarchyBody,
): Promise<string[]> {
  const known = nodeId(id);
  const { username: owner } = principal.account;
  return s.db.write(async (tx) => {
    const row = await lockNode(tx, known);
    if (row === undefined) throw nodeNotFound(id);
    const previous = recordOf(row.doc);
    if (!mayEdit(previous, principal)) throw mayNotEdit();
    const now = s.clock();
    const nodes = hierarchyNodes(previous, body, { owner, now, newId: () => newId(now) });
    const [unknown] = await missingGroups(tx, nodes.slice(1));
    if (unknown !== undefined) throw unknownGroup(unknown);
    const stored = nodes.map(toStore);
    const [root, ...children] = stored;
    if (root === undefined) throw new Error('a hierarchy has a root');
    await updateNodes(tx, [nodeUpdate(row, previous, root)]);
    await insertNodes(tx, children);
    const events = nodes.map((node, i) => {
      if (i === 0) return nodeEvent('updated', node, { previous, isHierarchy: true });
      return nodeEvent('created', node, { listed: false });
    });
    await appendEvents(tx, events, now);
    return stored.map(({ doc }) => doc);
  });
}
