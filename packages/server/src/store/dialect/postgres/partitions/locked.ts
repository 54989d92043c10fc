import { sql } from 'kysely';
import type { Tx } from '../../../database.ts';

/** Any constant does; all instances must use the same. */
const TURN_LOCK = 0x6b636932;
/** Whoever reads or writes the table waits for us as long as we wait for others, and no longer. */
const WAIT_MS = 100;
const LOCK_NOT_AVAILABLE = '55P03';

/** Whether nobody else is about to change partitions; nobody will be until the transaction ends. */
export async function takeTurn(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{
    ours: boolean;
  }>`select pg_try_advisory_xact_lock(${TURN_LOCK}) as ours`.execute(tx.sql);
  return rows[0]?.ours === true;
}

/**
 * Makes a table like the one that is partitioned, then has the partitioned one to itself, until the transaction ends,
 * for attaching it. Answers whether it came to that: when others use the table, or `work` answers false, all is as
 * before.
 *
 * The lock on the table comes before any other, as it does for those who append to the log.
 */
export async function withNewTable(
  tx: Tx,
  { name, created }: { name: string; created: string },
  work: () => Promise<boolean>,
): Promise<boolean> {
  const whole = sql.table(name);
  await sql`savepoint partitions`.execute(tx.sql);
  try {
    await sql`create table ${sql.table(created)} (like ${whole} including all)`.execute(tx.sql);
    await sql`set local lock_timeout = ${sql.lit(WAIT_MS)}`.execute(tx.sql);
    await sql`lock table only ${whole} in access exclusive mode`.execute(tx.sql);
    if (await work()) {
      await sql`set local lock_timeout to default`.execute(tx.sql);
      return true;
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === LOCK_NOT_AVAILABLE)) throw error;
  }
  await sql`rollback to savepoint partitions`.execute(tx.sql);
  return false;
}
