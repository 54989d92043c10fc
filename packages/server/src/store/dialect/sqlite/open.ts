import { sql } from 'kysely';
import type { Database, Tx } from '../../database.ts';
import { migrate } from '../../migrations/migrate.ts';
import { NodeReads } from '../../node-reads.ts';
import { Readers } from '../../readers/readers.ts';
import { TelemetryReads } from '../../telemetry-reads.ts';
import { News, Wakes } from '../../wakes.ts';
import { Checkpointer } from './checkpointer.ts';
import { openConnection } from './connection.ts';
import { sqliteDialect } from './dialect.ts';
import { sqliteFigures } from './figures.ts';
import { WriteQueue } from './write-queue.ts';

/** Pages of 4 KB in the log at which a commit carries them into the file, when no thread has. */
const LOG_PAGES_MAX = 16_000;

/** Opens the file, creating it when it is missing, and brings its schema up to date. */
export async function openSqlite(file: string, options: { readLimitMs: number }): Promise<Database> {
  const writer = openConnection(file);
  writer.raw.exec(`PRAGMA wal_autocheckpoint = ${LOG_PAGES_MAX}`);
  writer.raw.exec('BEGIN IMMEDIATE');
  try {
    await migrate(writer.executor, { disableTransactions: true });
    writer.raw.exec('COMMIT');
  } catch (error) {
    writer.raw.exec('ROLLBACK');
    writer.raw.close();
    throw error;
  }
  const reader = openConnection(file);
  reader.raw.exec('PRAGMA query_only = ON');
  const readers = new Readers({ location: { engine: 'sqlite', file }, limitMs: options.readLimitMs });
  const checkpointer = new Checkpointer(file);
  const queue = new WriteQueue(writer.raw, () => checkpointer.committed());
  const wakes = new Wakes();

  return {
    dialect: sqliteDialect,
    reader: reader.executor,
    nodeReads: new NodeReads(readers),
    replicas: [],
    telemetryReads: new TelemetryReads(readers),
    write: async <T>(command: (tx: Tx) => Promise<T>): Promise<T> => {
      const news = new News();
      const tx: Tx = { ...writer.executor, ...news.notes };
      try {
        return await queue.run(
          () => command(tx),
          () => wakes.tell(news),
        );
      } catch (error) {
        throw sqliteDialect.translateError(error);
      }
    },
    writers: 1,
    onWake: (topic, listener) => wakes.on(topic, listener),
    onAppended: (reader) => wakes.onAppended(reader),
    compact: async () => {
      await queue.idle();
      writer.raw.exec('VACUUM');
      writer.raw.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    },
    ping: async () => {
      await sql`select 1`.execute(reader.executor.sql);
    },
    figures: sqliteFigures(file, reader.executor),
    close: async () => {
      await queue.idle();
      await Promise.all([readers.close(), checkpointer.close()]);
      reader.raw.close();
      writer.raw.close();
    },
  };
}
