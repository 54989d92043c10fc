import { sql } from 'kysely';
import type { Tx } from '../../../database.ts';
import type { Dropped, PartitionedTable } from '../../partitions.ts';
import { type Partition, partitionsOf } from './list.ts';
import { takeTurn, withNewTable } from './locked.ts';

/** Partitions that go in one transaction: each takes its locks, and its indexes theirs. */
const AT_ONCE = 8;
/** To put an empty first partition into the place of the old one is worth it from so many bytes of rows on. */
const WORTH = 8 * 1024 * 1024;

async function isPast(
  tx: Tx,
  { moment }: PartitionedTable,
  { name }: Partition,
  before: number,
): Promise<boolean> {
  const { rows } = await sql<{ newest: number | null }>`
    select max(${sql.ref(moment)}) as newest from ${sql.table(name)}`.execute(tx.sql);
  const newest = rows[0]?.newest ?? null;
  return newest === null || newest < before;
}

/** The first partitions that have had their time. */
async function pastOnes(
  tx: Tx,
  table: PartitionedTable,
  { before, below }: { before: number; below: number },
): Promise<Partition[]> {
  const past: Partition[] = [];
  for (const partition of await partitionsOf(tx, table.name)) {
    if (partition.to === null || partition.to > below || past.length === AT_ONCE) break;
    if (!(await isPast(tx, table, partition, before))) break;
    past.push(partition);
  }
  return past;
}

async function contentOf(
  tx: Tx,
  key: string,
  partitions: readonly Partition[],
): Promise<{ rows: number; last: number | null }> {
  const content: Dropped = { rows: 0, last: null };
  for (const { name } of partitions) {
    const { rows } = await sql<{ n: number; last: number | null }>`
      select count(*) as n, max(${sql.ref(key)}) as last from ${sql.table(name)}`.execute(tx.sql);
    content.rows += rows[0]?.n ?? 0;
    content.last = rows[0]?.last ?? content.last;
  }
  return content;
}

/**
 * What is open to below goes first, so an empty partition takes the place of those that go: whoever brings old rows,
 * such as an import, finds room for them.
 */
export async function drop(
  tx: Tx,
  table: PartitionedTable,
  old: { before: number; below: number },
): Promise<Dropped | undefined> {
  if (!(await takeTurn(tx))) return undefined;
  const past = await pastOnes(tx, table, old);
  const [first] = past;
  const end = past.at(-1)?.to;
  if (first === undefined || end === undefined || end === null) return undefined;
  if (past.length === 1 && first.bytes < WORTH) return undefined;
  // To count many rows takes long, but nobody waits for it.
  await sql`set local statement_timeout = 0`.execute(tx.sql);
  const content = await contentOf(tx, table.key, past);
  await sql`set local statement_timeout to default`.execute(tx.sql);
  const created = `${table.name}_new`;
  const done = await withNewTable(tx, { name: table.name, created }, async () => {
    for (const partition of past) if (!(await isPast(tx, table, partition, old.before))) return false;
    const [whole, emptied] = [sql.table(table.name), sql.table(created)];
    for (const { name } of past) await sql`drop table ${sql.table(name)}`.execute(tx.sql);
    await sql`alter table ${whole} attach partition ${emptied} for values from (minvalue) to (${sql.lit(end)})`.execute(
      tx.sql,
    );
    await sql`alter table ${emptied} rename to ${sql.id(first.name)}`.execute(tx.sql);
    return true;
  });
  return done ? content : undefined;
}
