import type { Selectable } from 'kysely';
import type { Tx } from './database.ts';
import type { ThrottleTable } from './schema.ts';

export type ThrottleRow = Selectable<ThrottleTable>;

/**
 * Counts one more attempt under the key and gives the row as it stood before, or a fresh one when it
 * had expired. Counting comes first, so that attempts made at once cannot all slip through.
 */
export async function takeAttempt(
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

/** Takes back one attempt that succeeded. */
export async function forgiveAttempt(tx: Tx, key: string): Promise<void> {
  await tx.sql
    .updateTable('throttles')
    .set((eb) => ({ failures: eb('failures', '-', 1), blocked_until: 0 }))
    .where('key', '=', key)
    .where('failures', '>', 0)
    .execute();
}

export async function clearThrottle(tx: Tx, key: string): Promise<void> {
  await tx.sql.deleteFrom('throttles').where('key', '=', key).execute();
}

export async function deleteExpiredThrottles(tx: Tx, now: number): Promise<void> {
  await tx.sql.deleteFrom('throttles').where('expires', '<=', now).execute();
}
