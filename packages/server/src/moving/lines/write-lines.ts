import type { Executor } from '../../store/database.ts';
import type { TableShape } from '../../store/dialect/moving.ts';
import { schemaSteps } from '../../store/migrations/migrate.ts';
import { tablesInOrder } from '../../store/moving/tables.ts';
import type { Progress } from '../progress.ts';
import { Checksum, rowText, type TableSum } from './checksum.ts';
import { type Ending, FORMAT, type Header } from './format.ts';

async function headerOf(x: Executor, tables: readonly TableShape[], version: string): Promise<Header> {
  const { applied, missing } = await schemaSteps(x);
  if (missing.length > 0)
    throw new Error(`the schema lacks ${missing.join(', ')}: start this release of the server once`);
  const numbers = await x.dialect.moving.lastNumbers(x);
  return {
    format: FORMAT,
    version,
    made: new Date().toISOString(),
    steps: applied,
    numbers: Object.fromEntries(numbers.map(({ table, last }) => [table, last])),
    tables: tables.map(({ name, columns }) => ({ name, columns: columns.map(([column]) => column) })),
  };
}

/**
 * The whole database as lines of JSON, several at a time: a header; for each table its name and then its rows as
 * lists; at last how many rows each table had, with a checksum. To be read from a snapshot.
 */
export async function* databaseLines(
  x: Executor,
  version: string,
  progress: Progress,
): AsyncGenerator<string> {
  const tables = await tablesInOrder(x);
  yield `${JSON.stringify(await headerOf(x, tables, version))}\n`;
  const sums: Record<string, TableSum> = {};
  for (const table of tables) {
    const checksum = new Checksum();
    progress.begin(table.name, 0);
    yield `${JSON.stringify({ table: table.name })}\n`;
    for await (const rows of x.dialect.moving.readRows(x, table)) {
      const texts = rows.map(rowText);
      for (const text of texts) checksum.add(text);
      yield `${texts.join('\n')}\n`;
      progress.at(0, checksum.value.rows);
    }
    sums[table.name] = checksum.value;
    if (checksum.value.rows > 0) progress.end(checksum.value.rows);
  }
  const ending: Ending = { end: sums };
  yield `${JSON.stringify(ending)}\n`;
}
