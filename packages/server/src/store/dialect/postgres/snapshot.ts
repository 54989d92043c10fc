import { Kysely, PostgresDialect } from 'kysely';
import type { Schema } from '../../schema.ts';
import type { Snapshot } from '../../snapshot.ts';
import { postgresDialect } from './dialect.ts';
import { openPool } from './pool.ts';
import { PreparedNames, preparingPool, runIn } from './prepared.ts';

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
    const sql = await db
      .startTransaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute();
    return {
      reader: { sql, dialect: postgresDialect, run: runIn(sql, names) },
      close: async () => {
        await sql.rollback().execute();
        await db.destroy();
      },
    };
  } catch (error) {
    await db.destroy();
    throw postgresDialect.translateError(error);
  }
}
