import type { Database } from './database.ts';
import { openPostgres } from './dialect/postgres/open.ts';
import { openSqlite } from './dialect/sqlite/open.ts';

/** Where the data is: a file of the embedded engine, or a PostgreSQL server. */
export type DatabaseLocation = { engine: 'sqlite'; file: string } | { engine: 'postgres'; url: string };

/**
 * Opens the database and brings its schema up to date.
 * Throws an `Error` that says what to look at when that cannot be done.
 */
export async function openDatabase(
  location: DatabaseLocation,
  options: { onConnectionError: (error: Error) => void },
): Promise<Database> {
  const sqlite = location.engine === 'sqlite';
  try {
    return await (sqlite ? openSqlite(location.file) : openPostgres(location.url, options));
  } catch (error) {
    // A name with several addresses gives an error for each, and none for all.
    const first = error instanceof AggregateError ? error.errors[0] : error;
    const reason = first instanceof Error ? first.message : String(first);
    const what = sqlite ? `the database ${location.file}` : 'the PostgreSQL database of DATABASE_URL';
    throw new Error(`${what} cannot be used: ${reason}`, { cause: error });
  }
}
