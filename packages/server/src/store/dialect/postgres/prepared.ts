import { CompiledQuery, type Kysely, type PostgresPool, type PostgresPoolClient } from 'kysely';
import type pg from 'pg';
import type { Statement } from '../../database.ts';
import type { Schema } from '../../schema.ts';

/**
 * The names under which connections keep the statements of the hot paths prepared: those that are run with
 * `Executor.run`, of which there are few.
 */
export class PreparedNames {
  readonly #names = new Map<string, string>();

  /** The statement's name, the same in every connection. */
  give(text: string): string {
    const known = this.#names.get(text);
    if (known !== undefined) return known;
    const name = `kci_${this.#names.size + 1}`;
    this.#names.set(text, name);
    return name;
  }

  find(text: string): string | undefined {
    return this.#names.get(text);
  }
}

/** The pool as Kysely uses it: a statement that has a name is parsed and planned once for each connection. */
export function preparingPool(pool: pg.Pool, names: PreparedNames): PostgresPool {
  const clients = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  const wrap = (client: pg.PoolClient): PostgresPoolClient => {
    const query = (text: string, values: unknown[]) => client.query({ name: names.find(text), text, values });
    // The other form, which takes a cursor, is for streams: Kysely uses it only when it is given a cursor.
    const typed = query as unknown as PostgresPoolClient['query'];
    return { query: typed, release: (destroy) => client.release(destroy) };
  };
  return {
    connect: async () => {
      const client = await pool.connect();
      const wrapped = clients.get(client) ?? wrap(client);
      clients.set(client, wrapped);
      return wrapped;
    },
    end: () => pool.end(),
  } as PostgresPool;
}

/** Runs statements of the hot paths in a transaction of Kysely's. */
export function runIn(sql: Kysely<Schema>, names: PreparedNames) {
  return async <Row>(statement: Statement): Promise<Row[]> => {
    names.give(statement.sql);
    return (await sql.executeQuery<Row>(CompiledQuery.raw(statement.sql, [...statement.parameters]))).rows;
  };
}

/** Runs statements of the hot paths by themselves, on any connection. */
export function runOn(pool: pg.Pool, names: PreparedNames) {
  return async <Row>({ sql: text, parameters }: Statement): Promise<Row[]> => {
    const result = await pool.query({ name: names.give(text), text, values: [...parameters] });
    return result.rows as Row[];
  };
}
