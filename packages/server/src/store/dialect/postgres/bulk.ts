import type { Executor } from '../../database.ts';
import type { BulkRow, BulkTable, RowChange } from '../dialect.ts';

/** Rows in one statement: bounds the memory of its arrays. */
const CHUNK = 5000;
/** Any constant does; all instances must use the same. */
const LOG_LOCK = 0x6b636931;

const statements = new Map<string, string>();

type Way = 'plain' | 'locked' | 'restoring' | 'updating';

function textOf({ name, columns }: BulkTable, way: Way): string {
  const cached = `${name}:${way}`;
  const known = statements.get(cached);
  if (known) return known;
  const [key, ...rest] = columns.map(([column]) => column);
  const names = columns.map(([column]) => `"${column}"`).join(', ');
  const arrays = columns.map(([, type], i) => `$${i + 1}::${type}[]`).join(', ');
  // Rows are numbered as they come out of the join, which is once the lock is there.
  const texts: Record<Way, string> = {
    plain: `insert into "${name}" (${names}) select * from unnest(${arrays})`,
    locked: `with lock as materialized (select pg_advisory_xact_lock(${LOG_LOCK}))
       insert into "${name}" (${names}) select rows.* from lock, unnest(${arrays}) as rows returning seq`,
    restoring: `insert into "${name}" (${names}) overriding system value
       select * from unnest(${arrays}) on conflict do nothing`,
    updating: `update "${name}" set ${rest.map((column) => `"${column}" = rows."${column}"`).join(', ')}
       from unnest(${arrays}) as rows (${names}) where "${name}"."${key}" = rows."${key}"`,
  };
  const text = texts[way];
  statements.set(cached, text);
  return text;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
const CONTROL = /[\u0000-\u001f]/;

/**
 * The list as PostgreSQL writes one. JSON writes it the same way, but for the brackets and for the characters that
 * only JSON escapes; it is many times quicker than the driver, to which lists with such characters are left.
 */
function arrayOf(values: ReadonlyArray<string | number | null>): unknown {
  const isPlain = values.every((v) => typeof v !== 'string' || (v.isWellFormed() && !CONTROL.test(v)));
  return isPlain ? `{${JSON.stringify(values).slice(1, -1)}}` : values;
}

/** All rows in one statement, as one array for each column. Answers what the statement does. */
async function runAll(x: Executor, table: BulkTable, rows: readonly BulkRow[], way: Way) {
  const answers: Array<{ seq: number }> = [];
  for (let at = 0; at < rows.length; at += CHUNK) {
    const part = rows.slice(at, at + CHUNK);
    const parameters = table.columns.map((_, i) => arrayOf(part.map((row) => row[i] ?? null)));
    answers.push(...(await x.run<{ seq: number }>({ sql: textOf(table, way), parameters })));
  }
  return answers;
}

export async function insertRows(x: Executor, table: BulkTable, rows: readonly BulkRow[]): Promise<void> {
  await runAll(x, table, rows, 'plain');
}

export async function updateRows(
  x: Executor,
  table: BulkTable,
  changes: readonly RowChange[],
): Promise<void> {
  await runAll(
    x,
    table,
    changes.map(({ after }) => after),
    'updating',
  );
}

/** The lock comes with the rows: others wait for one round trip less. */
export async function appendRows(x: Executor, table: BulkTable, rows: readonly BulkRow[]): Promise<number[]> {
  const answers = await runAll(x, table, rows, 'locked');
  return answers.map(({ seq }) => seq).sort((a, b) => a - b);
}

/** With the numbers that they bring; rows whose key is taken stay out. */
export async function restoreRows(x: Executor, table: BulkTable, rows: readonly BulkRow[]): Promise<void> {
  await runAll(x, table, rows, 'restoring');
}

export async function reserveSeqs(x: Executor, table: 'nodes', count: number): Promise<number[]> {
  const sql = "select nextval(pg_get_serial_sequence($1, 'seq')) as seq from generate_series(1, $2::int)";
  const rows = await x.run<{ seq: number }>({ sql, parameters: [table, count] });
  return rows.map((row) => row.seq);
}
