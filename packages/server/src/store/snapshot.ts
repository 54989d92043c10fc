import { existsSync } from 'node:fs';
import type { Executor } from './database.ts';
import { openPostgresSnapshot } from './dialect/postgres/snapshot.ts';
import { copySqlite } from './dialect/sqlite/copy.ts';
import { openSqliteSnapshot } from './dialect/sqlite/snapshot.ts';
import { type DatabaseLocation, unusable } from './open.ts';

/** A database at one moment, for reading only. Others go on writing. */
export interface Snapshot {
  readonly reader: Executor;
  close(): Promise<void>;
}

/** Opens the database as it is, without touching its schema. Throws an `Error` that says what to look at. */
export async function openSnapshot(location: DatabaseLocation): Promise<Snapshot> {
  if (location.engine === 'sqlite' && !existsSync(location.file))
    throw new Error(`there is no database at ${location.file}`);
  try {
    return await (location.engine === 'sqlite'
      ? openSqliteSnapshot(location.file)
      : openPostgresSnapshot(location.url));
  } catch (error) {
    throw unusable(location, error);
  }
}

/** Writes a copy of a SQLite database at one moment, whole and checked, to an empty file. */
export function copyDatabase(location: Extract<DatabaseLocation, { engine: 'sqlite' }>, to: string): void {
  if (!existsSync(location.file)) throw new Error(`there is no database at ${location.file}`);
  copySqlite(location.file, to);
}
