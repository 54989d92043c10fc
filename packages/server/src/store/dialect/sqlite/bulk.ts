import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Executor } from '../../database.ts';
import type { BulkRow, BulkTable } from '../dialect.ts';

/** Rows between two turns of the loop: ten thousand take a while, and reads are answered in between. */
const ROWS_A_TURN = 100;

const statements = new Map<string, string>();

function insertText({ name, columns }: BulkTable): string {
  const known = statements.get(name);
  if (known) return known;
  const names = columns.map(([column]) => `"${column}"`).join(', ');
  const text = `insert into "${name}" (${names}) values (${columns.map(() => '?').join(', ')})`;
  statements.set(name, text);
  return text;
}

/** One row a statement: prepared once, it is as quick as many rows in one, and takes less memory. */
export async function insertRows(x: Executor, table: BulkTable, rows: readonly BulkRow[]): Promise<void> {
  const sql = insertText(table);
  for (const [i, parameters] of rows.entries()) {
    await x.run({ sql, parameters });
    if ((i + 1) % ROWS_A_TURN === 0) await nextTurn();
  }
}

/** The one writer appends in the order in which it commits, and numbers without gaps. */
export async function appendRows(x: Executor, table: BulkTable, rows: readonly BulkRow[]): Promise<number[]> {
  await insertRows(x, table, rows);
  const [last] = await x.run<{ seq: number }>({ sql: 'select last_insert_rowid() as seq', parameters: [] });
  const first = (last?.seq ?? 0) - rows.length + 1;
  return rows.map((_, i) => first + i);
}

export async function reserveSeqs(x: Executor, table: 'nodes', count: number): Promise<number[]> {
  const sql = `select max(seq) as seq from "${table}"`;
  const [last] = await x.run<{ seq: number | null }>({ sql, parameters: [] });
  const first = (last?.seq ?? 0) + 1;
  return Array.from({ length: count }, (_, i) => first + i);
}
