import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import type { Database, Tx, WakeTopic } from '../../database.ts';
import { migrate } from '../../migrations/migrate.ts';
import { NodeReads } from '../../node-reads.ts';
import type { Schema } from '../../schema.ts';
import { Wakes } from '../../wakes.ts';
import { isRetryable, postgresDialect } from './dialect.ts';
import { PostgresReads } from './reads.ts';

const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 60_000;
const IDLE_IN_TRANSACTION_MS = 60_000;
const TRIES = 5;
const READ_CONNECTIONS = 8;
/** How long a statement of a read may wait for one of its connections. */
const READ_QUEUE_MS = 15_000;

/** int8 as a number: what we store in it (times, sequences) stays below 2^53. */
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format),
} as pg.CustomTypesConfig;

function openPool(url: string, onIdleError: (error: Error) => void, own: pg.PoolConfig = {}): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'kernelci-api',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    types,
    ...own,
  });
  // An idle connection that breaks is replaced by the pool; unheard, the error would end the process.
  pool.on('error', onIdleError);
  // The same for one that breaks while it is lent out, between two statements: the next statement fails and tells.
  pool.on('connect', (client) => client.on('error', onIdleError));
  return pool;
}

function openReads(
  url: string,
  options: { onConnectionError: (error: Error) => void; readLimitMs: number },
): PostgresReads {
  const limitMs = options.readLimitMs;
  const pool = openPool(url, options.onConnectionError, {
    max: READ_CONNECTIONS,
    connectionTimeoutMillis: READ_QUEUE_MS,
    statement_timeout: limitMs,
  });
  // Indexes are in memory or on disks without arms: going by them is cheaper than the defaults believe. Compiling a
  // statement takes longer than most of ours run.
  pool.on('connect', (client) => {
    client.query('set random_page_cost = 1.1; set jit = off').catch(options.onConnectionError);
  });
  return new PostgresReads({ pool, limitMs });
}

/** Connects to the database and brings its schema up to date. */
export async function openPostgres(
  url: string,
  options: { onConnectionError: (error: Error) => void; readLimitMs: number },
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
  const reads = openReads(url, options);

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
    nodeReads: new NodeReads(reads),
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
    close: async () => {
      await reads.close();
      await db.destroy();
    },
  };
}
