import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { Kysely, type SqliteDatabase, SqliteDialect } from 'kysely';
import { LRUCache } from 'lru-cache';
import type { Schema } from '../../schema.ts';

const BUSY_TIMEOUT_MS = 10_000;
const STATEMENTS_KEPT = 500;

export interface SqliteConnection {
  readonly raw: DatabaseSync;
  readonly sql: Kysely<Schema>;
}

function openRaw(file: string): DatabaseSync {
  const raw = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true });
  raw.exec('PRAGMA journal_mode = WAL');
  // FULL flushes the log at each commit: what was acknowledged survives a loss of power.
  raw.exec('PRAGMA synchronous = FULL');
  return raw;
}

/** Lets Kysely's SQLite dialect run on Node's own driver, with its statements kept prepared. */
function asKyselyDatabase(raw: DatabaseSync): SqliteDatabase {
  const prepared = new LRUCache<string, StatementSync>({ max: STATEMENTS_KEPT });
  const prepare = (text: string): StatementSync => {
    const known = prepared.get(text);
    if (known) return known;
    const statement = raw.prepare(text);
    prepared.set(text, statement);
    return statement;
  };
  const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[];
  return {
    prepare: (text) => {
      const statement = prepare(text);
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...values(parameters)),
        run: (parameters) => statement.run(...values(parameters)),
        iterate: (parameters) => statement.iterate(...values(parameters)) as IterableIterator<unknown>,
      };
    },
    close: () => raw.close(),
  };
}

export function openConnection(file: string): SqliteConnection {
  const raw = openRaw(file);
  return {
    raw,
    sql: new Kysely<Schema>({ dialect: new SqliteDialect({ database: asKyselyDatabase(raw) }) }),
  };
}
