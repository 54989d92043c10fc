import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Executor } from '../../database.ts';
import type { BulkRow, BulkTable, RowChange } from '../dialect.ts';

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

function updateText({ name, columns }: BulkTable, changed: readonly number[]): string {
  const key = `${name} ${changed.join(' ')}`;
  const known = statements.get(key);
  if (known) return known;
  const values = changed.map((i) => `"${columns[i]?.[0]}" = ?`).join(', ');
  const text = `update "${name}" set ${values} where "${columns[0]?.[0]}" = ?`;
  statements.set(key, text);
  return text;
}

/** Naming a column costs an update of each of its indexes, also when the value stays. */
export async function updateRows(
  x: Executor,
  table: BulkTable,
  changes: readonly RowChange[],
): Promise<void> {
  for (const [at, { before, after }] of changes.entries()) {
    const changed = after.flatMap((value, i) => (value === before[i] ? [] : [i]));
    if (changed.length === 0) continue;
    const parameters = [...changed.map((i) => after[i] ?? null), after[0] ?? null];
    await x.run({ sql: updateText(table, changed), parameters });
    if ((at + 1) % ROWS_A_TURN === 0) await nextTurn();
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
