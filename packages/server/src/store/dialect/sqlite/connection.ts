import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { Kysely, type SqliteDatabase, SqliteDialect } from 'kysely';
import type { Executor, Statement } from '../../database.ts';
import type { Schema } from '../../schema.ts';
import { sqliteDialect } from './dialect.ts';
import { openRaw, type Prepare, preparing } from './raw.ts';

export interface SqliteConnection {
  readonly raw: DatabaseSync;
  readonly executor: Executor;
}

const inputs = (parameters: readonly unknown[]) => parameters as SQLInputValue[];

/** Lets Kysely's SQLite dialect run on Node's own driver, with its statements kept prepared. */
function asKyselyDatabase(raw: DatabaseSync, prepare: Prepare): SqliteDatabase {
  return {
    prepare: (text) => {
      const statement = prepare(text);
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...inputs(parameters)),
        run: (parameters) => statement.run(...inputs(parameters)),
        iterate: (parameters) => statement.iterate(...inputs(parameters)) as IterableIterator<unknown>,
      };
    },
    close: () => raw.close(),
  };
}

export function openConnection(file: string): SqliteConnection {
  const raw = openRaw(file);
  const prepare = preparing(raw);
  const database = asKyselyDatabase(raw, prepare);
  return {
    raw,
    executor: {
      sql: new Kysely<Schema>({ dialect: new SqliteDialect({ database }) }),
      dialect: sqliteDialect,
      run: async <Row>({ sql, parameters }: Statement) => prepare(sql).all(...inputs(parameters)) as Row[],
    },
  };
}
