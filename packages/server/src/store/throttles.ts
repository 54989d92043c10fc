import type { Selectable } from 'kysely';
import type { Executor, Tx } from './database.ts';
import type { ThrottleTable } from './schema.ts';

export type ThrottleRow = Selectable<ThrottleTable>;

/** The row of the key, locked until the transaction ends; a fresh one when there was none or it had expired. */
export async function lockThrottle(
  tx: Tx,
  key: string,
  times: { now: number; expires: number },
): Promise<ThrottleRow> {
  await tx.sql
    .insertInto('throttles')
    .values({ key, failures: 0, expires: times.expires, blocked_until: 0 })
    .onConflict((c) => c.column('key').doNothing())
    .execute();
  const query = tx.sql.selectFrom('throttles').selectAll().where('key', '=', key);
  const row = await tx.dialect.lock(query).executeTakeFirstOrThrow();
  return row.expires <= times.now ? { key, failures: 0, expires: times.expires, blocked_until: 0 } : row;
}

export async function writeThrottle(tx: Tx, row: ThrottleRow): Promise<void> {
  const { key, ...counts } = row;
  await tx.sql.updateTable('throttles').set(counts).where('key', '=', key).execute();
}

export async function readThrottle(x: Executor, key: string): Promise<ThrottleRow | undefined> {
  return x.sql.selectFrom('throttles').selectAll().where('key', '=', key).executeTakeFirst();
}

export async function clearThrottle(tx: Tx, key: string): Promise<void> {
  await tx.sql.deleteFrom('throttles').where('key', '=', key).execute();
}

export async function deleteExpiredThrottles(tx: Tx, now: number): Promise<void> {
  await tx.sql.deleteFrom('throttles').where('expires', '<=', now).execute();
}
