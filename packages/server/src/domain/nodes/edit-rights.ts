import { EDIT_ANY_GROUP, isAdmin, type Principal } from '../access/principal.ts';
import type { NodeRecord } from './node.ts';

/** Whether the principal may change the node: an admin, its owner, or a member of a group that may. */
export function mayEdit(node: NodeRecord, principal: Principal): boolean {
  const { account } = principal;
  if (node.owner === account.username || isAdmin(principal)) return true;
  const { runtime } = node.data;
  const allowed = new Set([EDIT_ANY_GROUP, ...node.user_groups]);
  if (typeof runtime === 'string') {
    allowed.add(`runtime:${runtime}:node-editor`).add(`runtime:${runtime}:node-admin`);
  }
  return account.groups.some(({ name }) => allowed.has(name));
}
