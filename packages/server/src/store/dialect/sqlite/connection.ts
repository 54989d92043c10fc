import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { Kysely, type SqliteDatabase, SqliteDialect } from 'kysely';
import type { Schema } from '../../schema.ts';
import { openRaw, preparing } from './raw.ts';

export interface SqliteConnection {
  readonly raw: DatabaseSync;
  readonly sql: Kysely<Schema>;
}

/** Lets Kysely's SQLite dialect run on Node's own driver, with its statements kept prepared. */
function asKyselyDatabase(raw: DatabaseSync): SqliteDatabase {
  const prepare = preparing(raw);
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
