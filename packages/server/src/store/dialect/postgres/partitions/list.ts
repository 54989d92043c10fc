import { sql } from 'kysely';
import type { Executor } from '../../../database.ts';

export interface Partition {
  name: string;
  /** The smallest key; null: open. */
  from: number | null;
  /** The first key beyond; null: open. */
  to: number | null;
  /** Of its rows, without indexes. */
  bytes: number;
}

const BOUNDS = /^FOR VALUES FROM \('?(MINVALUE|-?\d+)'?\) TO \('?(MAXVALUE|-?\d+)'?\)$/;

const numberOf = (bound: string | undefined): number | null => {
  const value = Number(bound);
  return Number.isNaN(value) ? null : value;
};

/** The partitions of the table, in the order of their keys. */
export async function partitionsOf(x: Executor, table: string): Promise<Partition[]> {
  const { rows } = await sql<{ name: string; bounds: string; bytes: number }>`
    select c.relname as name, pg_get_expr(c.relpartbound, c.oid) as bounds, pg_relation_size(c.oid) as bytes
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = to_regclass(quote_ident(${table}))`.execute(x.sql);
  const partitions = rows.flatMap(({ name, bounds, bytes }): Partition[] => {
    const [, from, to] = BOUNDS.exec(bounds) ?? [];
    return from === undefined ? [] : [{ name, from: numberOf(from), to: numberOf(to), bytes }];
  });
  return partitions.sort((a, b) => (a.from ?? -Infinity) - (b.from ?? -Infinity));
}
