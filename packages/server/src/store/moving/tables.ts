import type { Executor, Tx } from '../database.ts';
import type { BulkTable } from '../dialect/dialect.ts';
import type { TableShape } from '../dialect/moving.ts';

/** What migrations put there by themselves: such rows do not make a database a used one. */
const SEEDED: ReadonlySet<string> = new Set<BulkTable['name']>(['access_epoch', 'event_log', 'retention']);

/** The tables of the schema, each behind those that its rows refer to. */
export async function tablesInOrder(x: Executor): Promise<TableShape[]> {
  const left = await x.dialect.moving.tables(x);
  const ordered: TableShape[] = [];
  while (left.length > 0) {
    const next = left.findIndex(
      (table) => !left.some(({ name }) => name !== table.name && table.refersTo.includes(name)),
    );
    if (next < 0) throw new Error(`tables refer to each other in a circle: ${left.map(({ name }) => name)}`);
    ordered.push(...left.splice(next, 1));
  }
  return ordered;
}

/** The first table that holds more than a database has at its first start; undefined when there is none. */
export async function firstUsedTable(
  x: Executor,
  tables: readonly TableShape[],
): Promise<string | undefined> {
  for (const { name } of tables) {
    if (SEEDED.has(name)) continue;
    const row = await x.sql
      .selectFrom(name)
      .select((eb) => eb.lit(1).as('one'))
      .limit(1)
      .executeTakeFirst();
    if (row !== undefined) return name;
  }
  return undefined;
}

/** Removes what the migrations have put there, to make room for what comes from elsewhere. */
export async function clearSeeds(tx: Tx, tables: readonly TableShape[]): Promise<void> {
  for (const { name } of tables) if (SEEDED.has(name)) await tx.sql.deleteFrom(name).execute();
}
