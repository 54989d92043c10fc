import { existsSync, mkdirSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import { type Config, readConfig } from '../config/config.ts';
import type { Env } from '../config/env-reader.ts';
import type { Database } from '../store/database.ts';
import { openDatabase } from '../store/open.ts';

/** The settings of a command: those of the server, from the environment and a file `.env`. Throws `ConfigError`. */
export function readSettings(env: Env): Config {
  if (existsSync('.env')) loadEnvFile('.env');
  return readConfig(env);
}

/** Opens the configured database for the time of the command, bringing its schema up to date. */
export async function withDatabase<T>(config: Config, run: (db: Database) => Promise<T>): Promise<T> {
  if (config.database.engine === 'sqlite') mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  const db = await openDatabase(config.database, { onConnectionError: () => undefined });
  try {
    return await run(db);
  } finally {
    await db.close();
  }
}

/** The database as people know it, without passwords. */
export function databaseName({ database }: Pick<Config, 'database'>): string {
  if (database.engine === 'sqlite') return database.file;
  const url = URL.parse(database.url);
  return url === null ? 'PostgreSQL' : `PostgreSQL ${url.host}${url.pathname}`;
}
