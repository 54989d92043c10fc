import type { Database, Tx } from '../../store/database.ts';
import type { BulkTable } from '../../store/dialect/dialect.ts';
import type { TableShape } from '../../store/dialect/moving.ts';
import { schemaSteps } from '../../store/migrations/migrate.ts';
import { clearSeeds, firstUsedTable, tablesInOrder } from '../../store/moving/tables.ts';
import type { Progress } from '../progress.ts';
import { Checksum, rowText, type TableSum } from './checksum.ts';
import type { Header } from './format.ts';
import { readParts } from './read-lines.ts';

const ascending = (texts: readonly string[]): string => [...texts].sort().join();

/** Throws unless the rows of the file fit into the tables. */
function assertFits(header: Header, steps: readonly string[], tables: readonly TableShape[]): void {
  if (ascending(header.steps) !== ascending(steps))
    throw new Error(
      `the export is of kernelci-api ${header.version}, whose schema ends with ${header.steps.at(-1)}; ours ends with ` +
        `${steps.at(-1)}: import it with the release that wrote it, and start this one on the result`,
    );
  const known = new Set(tables.map(({ name }) => name as string));
  const strange = header.tables.find(({ name }) => !known.has(name));
  if (strange !== undefined)
    throw new Error(`the export has a table ${strange.name}, which is not known here`);
}

/** The table with the columns in the order of the file. */
function tableAs(tables: readonly TableShape[], { name, columns }: Header['tables'][number]): BulkTable {
  const types = new Map(tables.find((table) => table.name === name)?.columns);
  return {
    name: name as BulkTable['name'],
    columns: columns.map((column) => {
      const type = types.get(column);
      if (type === undefined)
        throw new Error(`the export has a column ${name}.${column}, which is not known here`);
      return [column, type] as const;
    }),
  };
}

export function assertSame(
  found: Readonly<Record<string, TableSum>>,
  expected: Readonly<Record<string, TableSum>>,
): void {
  for (const [table, sum] of Object.entries(expected)) {
    const ours = found[table] ?? new Checksum().value;
    if (ours.rows !== sum.rows)
      throw new Error(`${table} has ${ours.rows} rows where there should be ${sum.rows}`);
    if (ours.sum !== sum.sum) throw new Error(`the rows of ${table} are not those that were written`);
  }
}

/** How many rows each table has, with a checksum of what they are. */
export async function sumsOf(
  x: Tx | Database['reader'],
  tables: readonly BulkTable[],
): Promise<Record<string, TableSum>> {
  const sums: Record<string, TableSum> = {};
  for (const table of tables) {
    const checksum = new Checksum();
    for await (const rows of x.dialect.moving.readRows(x, table))
      for (const row of rows) checksum.add(rowText(row));
    sums[table.name] = checksum.value;
  }
  return sums;
}

async function fill(
  tx: Tx,
  stream: AsyncIterable<Uint8Array | string>,
  progress: Progress,
): Promise<Record<string, TableSum>> {
  const { moving } = tx.dialect;
  const tables = await tablesInOrder(tx);
  const used = await firstUsedTable(tx, tables);
  if (used !== undefined)
    throw new Error(`the database is not empty (there are rows in ${used}): import into a new one`);
  await moving.expectManyRows(tx);
  await clearSeeds(tx, tables);
  let shapes: Map<string, BulkTable> = new Map();
  let numbers: Header['numbers'] = {};
  let [current, count] = ['', 0];
  for await (const part of readParts(stream)) {
    if ('header' in part) {
      assertFits(part.header, (await schemaSteps(tx)).applied, tables);
      shapes = new Map(part.header.tables.map((table) => [table.name, tableAs(tables, table)]));
      numbers = part.header.numbers;
    } else if ('rows' in part) {
      const shape = shapes.get(part.table);
      if (shape === undefined) throw new Error(`rows of ${part.table}, which the header does not name`);
      if (part.table !== current) {
        if (current !== '') progress.end(count);
        [current, count] = [part.table, 0];
        progress.begin(current, 0);
      }
      await moving.restoreRows(tx, shape, part.rows);
      count += part.rows.length;
      progress.at(0, count);
    } else {
      if (current !== '') progress.end(count);
      // Also those that give numbers but have no rows any more.
      for (const { name } of tables) await moving.continueNumbers(tx, name, numbers[name] ?? 0);
      assertSame(await sumsOf(tx, [...shapes.values()]), part.ending);
      return part.ending;
    }
  }
  throw new Error('the export has no end');
}

/**
 * Fills an empty database with an export: all of it or, when anything is wrong, nothing. What has arrived is compared
 * with the checksums of the export before it counts. Answers how many rows each table got.
 */
export async function restoreDatabase(
  db: Database,
  stream: AsyncIterable<Uint8Array | string>,
  progress: Progress,
): Promise<Record<string, TableSum>> {
  let begun = false;
  const sums = await db.write(async (tx) => {
    // The stream can be read once: a transaction that is to be repeated cannot be.
    if (begun) throw new Error('the database gave up the transaction: try again');
    begun = true;
    return fill(tx, stream, progress);
  });
  await db.dialect.moving.analyse(db.reader);
  return sums;
}
