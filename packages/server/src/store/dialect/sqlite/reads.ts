import type { ReadConnection } from '../../readers/read-connection.ts';
import { openConnection } from './connection.ts';
import { sqliteDialect } from './dialect.ts';

/** A connection for reading nodes in a thread of its own. */
export function openSqliteReads(file: string): ReadConnection {
  const { raw, sql } = openConnection(file);
  raw.exec('PRAGMA query_only = ON');
  return {
    // To count so many entries takes three milliseconds, and what is known then saves more.
    means: { x: { sql, dialect: sqliteDialect }, probeEntries: 100_000, stepRows: 4096, plainMicros: 2000 },
    translateError: sqliteDialect.translateError,
  };
}
