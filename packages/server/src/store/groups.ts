import type { Selectable } from 'kysely';
import { count } from './count.ts';
import type { Executor, Tx } from './database.ts';
import type { GroupTable } from './schema.ts';

export type GroupRow = Selectable<GroupTable>;

export async function findGroupById(x: Executor, id: string): Promise<GroupRow | undefined> {
  return x.sql.selectFrom('groups').selectAll().where('id', '=', id.toLowerCase()).executeTakeFirst();
}

/** The group's row, kept from being changed by others until the transaction ends. */
export async function lockGroup(tx: Tx, id: string): Promise<GroupRow | undefined> {
  const query = tx.sql.selectFrom('groups').selectAll().where('id', '=', id.toLowerCase());
  return tx.dialect.lock(query).executeTakeFirst();
}

export async function findGroupsByName(x: Executor, names: readonly string[]): Promise<GroupRow[]> {
  if (names.length === 0) return [];
  return x.sql.selectFrom('groups').selectAll().where('name', 'in', names).execute();
}

export async function insertGroup(tx: Tx, group: { id: string; name: string }): Promise<void> {
  await tx.sql.insertInto('groups').values(group).execute();
}

/** Creates the group unless one of that name exists. */
export async function ensureGroup(tx: Tx, group: { id: string; name: string }): Promise<void> {
  await tx.sql
    .insertInto('groups')
    .values(group)
    .onConflict((c) => c.column('name').doNothing())
    .execute();
}

export async function deleteGroup(tx: Tx, id: string): Promise<void> {
  await tx.sql.deleteFrom('groups').where('id', '=', id).execute();
}

export async function listGroups(
  x: Executor,
  filter: { name?: string | undefined; limit: number; offset: number },
): Promise<{ rows: GroupRow[]; total: number }> {
  let query = x.sql.selectFrom('groups');
  if (filter.name !== undefined) query = query.where('name', '=', filter.name);
  const rows = await query.selectAll().orderBy('seq').limit(filter.limit).offset(filter.offset).execute();
  return { rows, total: await count(query) };
}
