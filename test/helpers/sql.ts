import path from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import pg from 'pg';

type Row = Record<string, unknown>;

/**
 * Runs a statement in a server's database, past the server, to prepare what its clients cannot, or to look at what
 * they cannot see. Parameters are `$1`, `$2` on both engines.
 */
export async function runSql(
  server: { dataDir: string; databaseUrl?: string },
  statement: string,
  parameters: SQLInputValue[] = [],
): Promise<Row[]> {
  if (server.databaseUrl !== undefined) return onPostgres(server.databaseUrl, statement, parameters);
  const database = new DatabaseSync(path.join(server.dataDir, 'kernelci.db'), { timeout: 10_000 });
  try {
    return database.prepare(statement.replace(/\$(\d+)/g, '?$1')).all(...parameters);
  } finally {
    database.close();
  }
}

async function onPostgres(url: string, statement: string, parameters: unknown[]): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement, parameters)).rows;
  } finally {
    await client.end();
  }
}
