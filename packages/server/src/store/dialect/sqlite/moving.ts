import { sql } from 'kysely';
import type { Executor } from '../../database.ts';
import type { BulkRow, BulkTable } from '../dialect.ts';
import type { MovingDialect, TableShape } from '../moving.ts';

const ROWS = 1000;
/** KiB of pages kept in memory while very many rows are written: the indexes are written all over. */
const CACHE_KIB = 262_144;

const TYPES: Record<string, 'text' | 'bigint' | 'integer' | 'double precision'> = {
  TEXT: 'text',
  BIGINT: 'bigint',
  INTEGER: 'integer',
  REAL: 'double precision',
  'DOUBLE PRECISION': 'double precision',
};

interface ColumnRow {
  table: string;
  column: string;
  type: string;
}

async function tables(x: Executor): Promise<TableShape[]> {
  const columns = await sql<ColumnRow>`
    select m.name as "table", c.name as "column", upper(c.type) as "type"
    from sqlite_schema m, pragma_table_info(m.name) c
    where m.type = 'table' and m.name not like 'sqlite%' and m.name not like 'kysely%'
    order by m.name, c.cid`.execute(x.sql);
  const references = await sql<{ table: string; target: string }>`
    select m.name as "table", f."table" as target
    from sqlite_schema m, pragma_foreign_key_list(m.name) f where m.type = 'table'`.execute(x.sql);
  const byName = Map.groupBy(columns.rows, ({ table }) => table);
  return [...byName].map(([name, found]) => ({
    name: name as BulkTable['name'],
    columns: found.map(({ column, type }) => [column, TYPES[type] ?? 'text'] as const),
    refersTo: references.rows.filter(({ table }) => table === name).map(({ target }) => target),
  }));
}

async function* readRows(x: Executor, table: BulkTable): AsyncGenerator<BulkRow[]> {
  const names = table.columns.map(([column]) => column);
  // For the types any numbered table does: what is read are all columns, whichever there are.
  const all = x.sql.selectFrom(table.name as 'events').selectAll();
  const query = names.includes('seq') ? all.orderBy('seq') : all;
  let batch: BulkRow[] = [];
  for await (const row of query.stream()) {
    const values = row as unknown as Record<string, string | number | null>;
    batch.push(names.map((column) => values[column] ?? null));
    if (batch.length < ROWS) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function lastNumbers(x: Executor): Promise<Array<{ table: string; last: number }>> {
  const found = await sql<{ table: string; last: number }>`
    select name as "table", seq as last from sqlite_sequence order by name`.execute(x.sql);
  return found.rows;
}

async function continueNumbers(x: Executor, table: BulkTable['name'], least: number): Promise<void> {
  const numbered = await sql`
    select 1 from sqlite_schema where name = ${table} and sql like '%autoincrement%'`.execute(x.sql);
  if (numbered.rows.length === 0 || least === 0) return;
  const known = await sql`select 1 from sqlite_sequence where name = ${table}`.execute(x.sql);
  await (known.rows.length > 0
    ? sql`update sqlite_sequence set seq = max(seq, ${least}) where name = ${table}`
    : sql`insert into sqlite_sequence (name, seq) values (${table}, ${least})`
  ).execute(x.sql);
}

async function restoreRows(x: Executor, table: BulkTable, rows: readonly BulkRow[]): Promise<void> {
  const names = table.columns.map(([column]) => `"${column}"`).join(', ');
  const values = table.columns.map(() => '?').join(', ');
  const text = `insert into "${table.name}" (${names}) values (${values}) on conflict do nothing`;
  for (const parameters of rows) await x.run({ sql: text, parameters });
}

export const sqliteMoving: MovingDialect = {
  tables,
  readRows,
  lastNumbers,
  continueNumbers,
  restoreRows,
  expectManyRows: async (x) => {
    await sql`pragma cache_size = ${sql.lit(-CACHE_KIB)}`.execute(x.sql);
  },
  // Told which index to use, the engine needs to know nothing.
  analyse: async () => undefined,
  damages: async (x) => {
    const { rows } = await sql<{ quick_check: string }>`pragma quick_check(10)`.execute(x.sql);
    return rows.map((row) => row.quick_check).filter((text) => text !== 'ok');
  },
  about: async (x) => {
    const { rows } = await sql<{ version: string }>`select sqlite_version() as version`.execute(x.sql);
    return { version: `SQLite ${rows[0]?.version}` };
  },
};
