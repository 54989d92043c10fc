import type { Executor, Tx } from './database.ts';

export interface GroupRef {
  id: string;
  name: string;
}

/** More users than this are not named one by one: all memberships are read. */
const NAMED_MAX = 500;

/** The groups of each of the users, in the order in which they were given. */
export async function groupsOf(x: Executor, userIds: readonly string[]): Promise<Map<string, GroupRef[]>> {
  const groups = new Map<string, GroupRef[]>(userIds.map((id) => [id, []]));
  if (userIds.length === 0) return groups;
  const all = x.sql.selectFrom('memberships').innerJoin('groups', 'groups.id', 'memberships.group_id');
  const rows = await (userIds.length > NAMED_MAX ? all : all.where('memberships.user_id', 'in', userIds))
    .orderBy('memberships.position')
    .select(['memberships.user_id', 'groups.id', 'groups.name'])
    .execute();
  for (const row of rows) groups.get(row.user_id)?.push({ id: row.id, name: row.name });
  return groups;
}

export async function replaceGroups(tx: Tx, userId: string, groups: readonly GroupRef[]): Promise<void> {
  await tx.sql.deleteFrom('memberships').where('user_id', '=', userId).execute();
  if (groups.length === 0) return;
  const rows = groups.map((group, position) => ({ user_id: userId, group_id: group.id, position }));
  await tx.sql.insertInto('memberships').values(rows).execute();
}

export async function hasMembers(x: Executor, groupId: string): Promise<boolean> {
  const row = await x.sql
    .selectFrom('memberships')
    .where('group_id', '=', groupId)
    .select('user_id')
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
