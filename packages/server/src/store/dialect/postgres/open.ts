import { Kysely, PostgresDialect, sql } from 'kysely';
import type { Database, Tx } from '../../database.ts';
import { migrate } from '../../migrations/migrate.ts';
import { NodeReads } from '../../node-reads.ts';
import { Readers } from '../../readers/readers.ts';
import type { ReplicaOptions } from '../../replicas.ts';
import type { Schema } from '../../schema.ts';
import { TelemetryReads } from '../../telemetry-reads.ts';
import { News, Wakes } from '../../wakes.ts';
import { postgresDialect } from './dialect.ts';
import { postgresFigures } from './figures.ts';
import { openPool } from './pool.ts';
import { PreparedNames, preparingPool, runIn, runOn } from './prepared.ts';
import { ReplicatedReads } from './replicas/replicated-reads.ts';
import { isRetryable } from './translate-error.ts';
import { WakeChannel } from './wake-channel.ts';

const TRIES = 5;

/** Connects to the database and brings its schema up to date. */
export async function openPostgres(
  url: string,
  options: { onConnectionError: (error: Error) => void; readLimitMs: number; replicas?: ReplicaOptions },
): Promise<Database> {
  const pool = openPool(url, options.onConnectionError);
  const names = new PreparedNames();
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool: preparingPool(pool, names) }) });
  const reader = { sql: db, dialect: postgresDialect, run: runOn(pool, names) };
  try {
    await migrate(reader);
  } catch (error) {
    await db.destroy();
    throw postgresDialect.translateError(error);
  }
  const wakes = new Wakes();
  const channel = new WakeChannel({
    url,
    pool,
    onWake: (topic) => wakes.emit([topic]),
    onError: options.onConnectionError,
  });
  channel.start();
  const limitMs = options.readLimitMs;
  const readers = new Readers({ location: { engine: 'postgres', url }, limitMs });
  const replicated =
    options.replicas &&
    new ReplicatedReads({ ...options.replicas, primaryUrl: url, primary: readers, limitMs });
  replicated?.start();
  const reads = replicated ?? readers;

  const attempt = async <T>(command: (tx: Tx) => Promise<T>): Promise<T> => {
    const news = new News();
    const result = await db
      .transaction()
      .execute((sql) => command({ sql, dialect: postgresDialect, run: runIn(sql, names), ...news.notes }));
    wakes.tell(news);
    channel.tell(news.topicsForOthers);
    return result;
  };

  return {
    dialect: postgresDialect,
    reader,
    nodeReads: new NodeReads(reads),
    telemetryReads: new TelemetryReads(reads),
    replicas: replicated?.replicas ?? [],
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
    onAppended: (reader) => wakes.onAppended(reader),
    compact: () =>
      db.connection().execute(async (connection) => {
        await sql`set statement_timeout = 0`.execute(connection);
        await sql`vacuum (analyze)`.execute(connection);
        await sql`reset statement_timeout`.execute(connection);
      }),
    ping: async () => {
      try {
        await sql`select 1`.execute(db);
      } catch (error) {
        throw postgresDialect.translateError(error);
      }
    },
    figures: postgresFigures(pool, reader),
    close: async () => {
      await channel.stop();
      await replicated?.close();
      await readers.close();
      await db.destroy();
    },
  };
}
