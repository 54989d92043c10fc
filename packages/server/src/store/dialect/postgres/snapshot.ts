import { type ControlledTransaction, Kysely, PostgresDialect, sql } from 'kysely';
import { PARTITIONED } from '../../partitioned-tables.ts';
import type { Schema } from '../../schema.ts';
import type { Snapshot } from '../../snapshot.ts';
import { postgresDialect } from './dialect.ts';
import { openPool } from './pool.ts';
import { PreparedNames, preparingPool, runIn } from './prepared.ts';

/** The tables of which partitions are dropped, as far as they are there: a database of before may have none. */
async function droppable(db: Kysely<Schema>): Promise<string[]> {
  const names = PARTITIONED.map(({ name }) => name);
  const { rows } = await sql<{ name: string }>`
    select name from unnest(${names}::text[]) as names (name) where to_regclass(name) is not null`.execute(
    db,
  );
  return rows.map(({ name }) => name);
}

/** A dropped table is gone for older snapshots too. What the transaction sees is settled by its next statement. */
async function keep(tx: ControlledTransaction<Schema>, tables: readonly string[]): Promise<void> {
  if (tables.length === 0) return;
  const list = sql.join(tables.map((name) => sql.table(name)));
  try {
    await sql`lock table ${list} in access share mode`.execute(tx);
  } catch (error) {
    await tx.rollback().execute();
    throw error;
  }
}

/** The database as it is now, whatever is written to it from here on. */
export async function openPostgresSnapshot(url: string): Promise<Snapshot> {
  // What breaks is told by the statement that needed it. Who takes the rows may be slow.
  const pool = openPool(url, () => undefined, {
    max: 1,
    statement_timeout: 0,
    idle_in_transaction_session_timeout: 0,
  });
  const names = new PreparedNames();
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool: preparingPool(pool, names) }) });
  try {
    const tables = await droppable(db);
    const tx = await db
      .startTransaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute();
    await keep(tx, tables);
    return {
      reader: { sql: tx, dialect: postgresDialect, run: runIn(tx, names) },
      close: async () => {
        await tx.rollback().execute();
        await db.destroy();
      },
    };
  } catch (error) {
    await db.destroy();
    throw postgresDialect.translateError(error);
  }
}
