import { setImmediate as nextTurn } from 'node:timers/promises';
import { CompiledQuery, type Kysely, sql } from 'kysely';
import type { Schema } from '../../schema.ts';
import type { BulkRow, BulkTable } from '../dialect.ts';

/** SQLite's limit of values in one statement, with some room. */
const VALUES_MAX = 32_000;
/** One statement of this many rows is prepared once and serves nearly all inserts of fewer. */
const CHUNK = 100;

const statements = new Map<string, string>();

function insertText({ name, columns }: BulkTable, rows: number): string {
  const key = `${name}:${rows}`;
  const known = statements.get(key);
  if (known) return known;
  const names = columns.map(([column]) => `"${column}"`).join(', ');
  const row = `(${columns.map(() => '?').join(', ')})`;
  const text = `insert into "${name}" (${names}) values ${Array(rows).fill(row).join(', ')}`;
  statements.set(key, text);
  return text;
}

/** One row a statement up to a chunk's worth, whole chunks beyond: few texts to prepare, few statements to run. */
export async function insertRows(
  db: Kysely<Schema>,
  table: BulkTable,
  rows: readonly BulkRow[],
): Promise<void> {
  const chunk = Math.min(CHUNK, Math.floor(VALUES_MAX / table.columns.length));
  let at = 0;
  for (; at + chunk <= rows.length; at += chunk) {
    const values = rows.slice(at, at + chunk).flat();
    await db.executeQuery(CompiledQuery.raw(insertText(table, chunk), values));
    // Ten thousand rows take a while: reads are answered in between.
    await nextTurn();
  }
  const single = insertText(table, 1);
  for (; at < rows.length; at += 1) {
    await db.executeQuery(CompiledQuery.raw(single, rows[at] as unknown[]));
  }
}

export async function reserveSeqs(db: Kysely<Schema>, table: 'nodes', count: number): Promise<number[]> {
  const last = sql<{ seq: number | null }>`select max(seq) as seq from ${sql.table(table)}`;
  const first = ((await last.execute(db)).rows[0]?.seq ?? 0) + 1;
  return Array.from({ length: count }, (_, i) => first + i);
}
