import type { Database } from './database.ts';
import { openPostgres } from './dialect/postgres/open.ts';
import { openSqlite } from './dialect/sqlite/open.ts';
import type { ReplicaOptions } from './replicas.ts';

/** Where the data is: a file of the embedded engine, or a PostgreSQL server. */
export type DatabaseLocation = { engine: 'sqlite'; file: string } | { engine: 'postgres'; url: string };

/** How long one read of nodes may take unless something else is asked for, in milliseconds. */
const READ_LIMIT_MS = 30_000;

/**
 * Opens the database and brings its schema up to date.
 * Throws an `Error` that says what to look at when that cannot be done.
 */
export async function openDatabase(
  location: DatabaseLocation,
  options: { onConnectionError: (error: Error) => void; readLimitMs?: number; replicas?: ReplicaOptions },
): Promise<Database> {
  const sqlite = location.engine === 'sqlite';
  const { readLimitMs = READ_LIMIT_MS } = options;
  try {
    return await (sqlite
      ? openSqlite(location.file, { readLimitMs })
      : openPostgres(location.url, { ...options, readLimitMs }));
  } catch (error) {
    throw unusable(location, error);
  }
}

/** The error that says which database cannot be used and why. */
export function unusable(location: DatabaseLocation, error: unknown): Error {
  // A name with several addresses gives an error for each, and none for all.
  const first = error instanceof AggregateError ? error.errors[0] : error;
  const reason = first instanceof Error ? first.message : String(first);
  const what =
    location.engine === 'sqlite'
      ? `the database ${location.file}`
      : 'the PostgreSQL database of DATABASE_URL';
  return new Error(`${what} cannot be used: ${reason}`, { cause: error });
}
