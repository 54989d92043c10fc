import type { Insertable, Selectable } from 'kysely';
import { compiled } from './compiled.ts';
import { count } from './count.ts';
import type { Executor, Tx } from './database.ts';
import type { ConsumerGroupTable } from './schema.ts';

type Stored = Selectable<ConsumerGroupTable>;
export type ConsumerGroupRow = Stored & { username: string };

const withUser = (sql: Executor['sql']) =>
  sql
    .selectFrom('consumer_groups')
    .innerJoin('users', 'users.id', 'consumer_groups.user_id')
    .selectAll('consumer_groups')
    .select('users.username');

const byName = compiled<ConsumerGroupRow, [string]>((sql) => withUser(sql).where('name', '=', ''));
const byId = compiled<ConsumerGroupRow, [number]>((sql) => withUser(sql).where('consumer_groups.id', '=', 0));

export async function findConsumerGroup(x: Executor, name: string): Promise<ConsumerGroupRow | undefined> {
  return (await byName(x, [name]))[0];
}

export async function findConsumerGroupById(x: Executor, id: number): Promise<ConsumerGroupRow | undefined> {
  return (await byId(x, [id]))[0];
}

/** Locked until the transaction ends: whatever changes a group or its entries does this first. */
export async function lockConsumerGroup(tx: Tx, id: number): Promise<Stored | undefined> {
  const query = tx.sql.selectFrom('consumer_groups').selectAll().where('id', '=', id);
  return tx.dialect.lock(query).executeTakeFirst();
}

/** Those of the user, or all, by name. */
export async function listConsumerGroups(
  x: Executor,
  options: { userId: string | undefined; limit: number; offset: number },
): Promise<{ rows: ConsumerGroupRow[]; total: number }> {
  const { userId, limit, offset } = options;
  const all = x.sql.selectFrom('consumer_groups');
  const total = await count(userId === undefined ? all : all.where('user_id', '=', userId));
  const query = withUser(x.sql);
  const own = userId === undefined ? query : query.where('user_id', '=', userId);
  return { rows: await own.orderBy('name').limit(limit).offset(offset).execute(), total };
}

/** Whichever stands furthest back in the log first. */
export async function listGroupsByPosition(x: Executor, limit: number): Promise<Stored[]> {
  return x.sql.selectFrom('consumer_groups').selectAll().orderBy('position').limit(limit).execute();
}

export async function insertConsumerGroup(tx: Tx, row: Insertable<ConsumerGroupTable>): Promise<void> {
  await tx.sql.insertInto('consumer_groups').values(row).execute();
}

export async function updateConsumerGroup(
  tx: Tx,
  id: number,
  changes: Partial<Pick<Stored, 'channel' | 'filter' | 'visibility_seconds' | 'max_deliveries' | 'position'>>,
): Promise<void> {
  await tx.sql.updateTable('consumer_groups').set(changes).where('id', '=', id).execute();
}

/** With all that is its own. */
export async function deleteConsumerGroup(tx: Tx, id: number): Promise<void> {
  await tx.sql.deleteFrom('consumer_groups').where('id', '=', id).execute();
}
