import type { Database } from './database.ts';
import { openPostgres } from './dialect/postgres/open.ts';
import { openSqlite } from './dialect/sqlite/open.ts';

/** Where the data is: a file of the embedded engine, or a PostgreSQL server. */
export type DatabaseLocation = { engine: 'sqlite'; file: string } | { engine: 'postgres'; url: string };

export function openDatabase(
  location: DatabaseLocation,
  options: { onConnectionError: (error: Error) => void },
): Promise<Database> {
  return location.engine === 'sqlite' ? openSqlite(location.file) : openPostgres(location.url, options);
}
