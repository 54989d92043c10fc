import type { Snapshot } from '../../snapshot.ts';
import { openConnection } from './connection.ts';

/** The file as it is now, whatever is written to it from here on. */
export async function openSqliteSnapshot(file: string): Promise<Snapshot> {
  const { raw, executor } = openConnection(file);
  raw.exec('PRAGMA query_only = ON; BEGIN');
  // The first read is what a transaction sees to its end.
  raw.prepare('SELECT count(*) FROM sqlite_schema').get();
  return { reader: executor, close: async () => raw.close() };
}
