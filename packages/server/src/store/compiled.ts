import type { Compilable, CompiledQuery, Kysely } from 'kysely';
import type { Executor } from './database.ts';
import type { Schema } from './schema.ts';

/**
 * A statement of the hot paths: built once for each engine, then run with other values. `build` gives it with any
 * values; those of a run stand in the same order.
 */
export function compiled<Row, Values extends readonly unknown[]>(
  build: (sql: Kysely<Schema>) => Compilable<Row>,
): (x: Executor, values: Values) => Promise<Row[]> {
  const byEngine = new Map<string, CompiledQuery<Row>>();
  return async (x, values) => {
    let query = byEngine.get(x.dialect.name);
    if (query === undefined) {
      query = build(x.sql).compile() as CompiledQuery<Row>;
      byEngine.set(x.dialect.name, query);
    }
    return x.run<Row>({ sql: query.sql, parameters: values });
  };
}
