import { sql } from 'kysely';
import type { Executor } from '../../database.ts';
import type { BulkRow, BulkTable } from '../dialect.ts';
import type { MovingDialect, TableShape } from '../moving.ts';
import { restoreRows } from './bulk.ts';

const ROWS = 1000;

interface ColumnRow {
  table: string;
  column: string;
  type: 'text' | 'bigint' | 'integer' | 'double precision';
}

/** Parts of a partitioned table are read and written through the whole. */
async function tables(x: Executor): Promise<TableShape[]> {
  const columns = await sql<ColumnRow>`
    select c.relname as "table", a.attname as "column", format_type(a.atttypid, null) as "type"
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and c.relname not like 'kysely%' and a.attnum > 0 and not a.attisdropped
    order by c.relname collate "C", a.attnum`.execute(x.sql);
  const references = await sql<{ table: string; target: string }>`
    select c.relname as "table", t.relname as target
    from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_class t on t.oid = k.confrelid
    where k.contype = 'f' and k.connamespace = current_schema()::regnamespace`.execute(x.sql);
  const byName = Map.groupBy(columns.rows, ({ table }) => table);
  return [...byName].map(([name, found]) => ({
    name: name as BulkTable['name'],
    columns: found.map(({ column, type }) => [column, type] as const),
    refersTo: references.rows.filter(({ table }) => table === name).map(({ target }) => target),
  }));
}

async function* readRows(x: Executor, table: BulkTable): AsyncGenerator<BulkRow[]> {
  const names = table.columns.map(([column]) => column);
  const order = names.includes('seq') ? sql`order by seq` : sql``;
  const list = sql.join(names.map((column) => sql.ref(column)));
  await sql`declare moving no scroll cursor for select ${list} from ${sql.table(table.name)} ${order}`.execute(
    x.sql,
  );
  const fetch = sql<Record<string, string | number | null>>`fetch ${sql.lit(ROWS)} from moving`;
  for (;;) {
    const { rows } = await fetch.execute(x.sql);
    if (rows.length > 0) yield rows.map((row) => names.map((column) => row[column] ?? null));
    if (rows.length < ROWS) break;
  }
  await sql`close moving`.execute(x.sql);
}

/**
 * The sequences behind numbered columns: of identities, or owned by the column of a partitioned table. Set apart, or the
 * engine would ask other relations for their last numbers too.
 */
const SEQUENCES = sql`
  select t.relname as table_name, a.attname as column_name, s.oid::regclass as sequence
  from pg_depend d join pg_class s on s.oid = d.objid and s.relkind = 'S' join pg_class t on t.oid = d.refobjid
    join pg_attribute a on a.attrelid = t.oid and a.attnum = d.refobjsubid
  where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')
    and t.relnamespace = current_schema()::regnamespace
  offset 0`;

async function lastNumbers(x: Executor): Promise<Array<{ table: string; last: number }>> {
  const found = await sql<{ table: string; last: number }>`
    select table_name as "table", pg_sequence_last_value(sequence) as last from (${SEQUENCES}) s
    where pg_sequence_last_value(sequence) is not null order by table_name collate "C"`.execute(x.sql);
  return found.rows;
}

async function continueNumbers(x: Executor, table: BulkTable['name'], least: number): Promise<void> {
  const { rows } = await sql<{ column: string; sequence: string; last: number }>`
    select column_name as "column", sequence::text, coalesce(pg_sequence_last_value(sequence), 0) as last
    from (${SEQUENCES}) s where table_name = ${table}`.execute(x.sql);
  const [numbered] = rows;
  if (numbered === undefined) return;
  const largest = await sql<{ n: number }>`
    select coalesce(max(${sql.ref(numbered.column)}), 0) as n from ${sql.table(table)}`.execute(x.sql);
  const last = Math.max(least, numbered.last, largest.rows[0]?.n ?? 0);
  if (last > 0) await sql`select setval(${numbered.sequence}::regclass, ${last})`.execute(x.sql);
}

export const postgresMoving: MovingDialect = {
  tables,
  readRows,
  lastNumbers,
  continueNumbers,
  restoreRows,
  expectManyRows: async () => undefined,
  analyse: async (x) => {
    await sql`analyze`.execute(x.sql);
  },
  // The server looks after its files itself.
  damages: async () => [],
  about: async (x) => {
    const { rows } = await sql<{ version: string; clock: number }>`
      select current_setting('server_version') as version,
        (extract(epoch from clock_timestamp()) * 1000)::bigint as clock`.execute(x.sql);
    return { version: `PostgreSQL ${rows[0]?.version.split(' ')[0]}`, clock: rows[0]?.clock ?? 0 };
  },
};
