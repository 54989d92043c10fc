import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import type { Database, Tx, WakeTopic } from '../../database.ts';
import { migrate } from '../../migrations/migrate.ts';
import type { Schema } from '../../schema.ts';
import { Wakes } from '../../wakes.ts';
import { isRetryable, postgresDialect } from './dialect.ts';

const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 60_000;
const IDLE_IN_TRANSACTION_MS = 60_000;
const TRIES = 5;

/** int8 as a number: what we store in it (times, sequences) stays below 2^53. */
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format),
} as pg.CustomTypesConfig;

function openPool(url: string, onIdleError: (error: Error) => void): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'kernelci-api',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    types,
  });
  // An idle connection that breaks is replaced by the pool; unheard, the error would end the process.
  pool.on('error', onIdleError);
  return pool;
}

/** Connects to the database and brings its schema up to date. */
export async function openPostgres(
  url: string,
  options: { onConnectionError: (error: Error) => void },
): Promise<Database> {
  const pool = openPool(url, options.onConnectionError);
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  try {
    await migrate({ sql: db, dialect: postgresDialect });
  } catch (error) {
    await db.destroy();
    throw postgresDialect.translateError(error);
  }
  const wakes = new Wakes();

  const attempt = async <T>(command: (tx: Tx) => Promise<T>): Promise<T> => {
    const topics = new Set<WakeTopic>();
    const result = await db
      .transaction()
      .execute((trx) => command({ sql: trx, dialect: postgresDialect, wake: (topic) => topics.add(topic) }));
    wakes.emit(topics);
    return result;
  };

  return {
    dialect: postgresDialect,
    reader: { sql: db, dialect: postgresDialect },
    write: async (command) => {
      for (let tries = 1; ; tries += 1) {
        try {
          return await attempt(command);
        } catch (error) {
          if (!isRetryable(error) || tries === TRIES) throw postgresDialect.translateError(error);
        }
      }
    },
    // The log is appended to by one transaction at a time: the second prepares its rows meanwhile.
    writers: 2,
    onWake: (topic, listener) => wakes.on(topic, listener),
    ping: async () => {
      try {
        await sql`select 1`.execute(db);
      } catch (error) {
        throw postgresDialect.translateError(error);
      }
    },
    close: () => db.destroy(),
  };
}
