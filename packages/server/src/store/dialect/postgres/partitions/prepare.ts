import { sql } from 'kysely';
import type { Executor, Tx } from '../../../database.ts';
import type { Ahead, PartitionedTable, PartitionsState, Prepared } from '../../partitions.ts';
import { type Partition, partitionsOf } from './list.ts';
import { takeTurn, withNewTable } from './locked.ts';

/** Partitions that are there beyond the one in use. */
const AHEAD = 2;
const MB = 1024 * 1024;
/** So many bytes of rows can be read while others wait: in a blink, and in some ten seconds. */
const READ = { atOnce: 64 * MB, patiently: 16 * 1024 * MB };

/**
 * Ends the last partition, which is open, before the key, and has a new one begin there. Rows that are beyond already
 * move to it. When this is done in time the old one is still empty: to attach it takes reading all its rows.
 */
async function cut(tx: Tx, { name, key }: PartitionedTable, top: Partition, at: number): Promise<boolean> {
  const created = `${name}_from_${at}`;
  return withNewTable(tx, { name, created }, async () => {
    const [whole, ended, begun] = [name, top.name, created].map((table) => sql.table(table));
    const [from, end] = [top.from === null ? sql`minvalue` : sql.lit(top.from), sql.lit(at)];
    await sql`alter table ${whole} detach partition ${ended}`.execute(tx.sql);
    await sql`with beyond as (delete from ${ended} where ${sql.ref(key)} >= ${end} returning *)
      insert into ${begun} select * from beyond`.execute(tx.sql);
    await sql`alter table ${whole} attach partition ${ended} for values from (${from}) to (${end})`.execute(
      tx.sql,
    );
    await sql`alter table ${whole} attach partition ${begun} for values from (${end}) to (maxvalue)`.execute(
      tx.sql,
    );
    return true;
  });
}

export async function prepare(
  tx: Tx,
  table: PartitionedTable,
  { position, step, patient }: Ahead,
): Promise<Prepared> {
  const partitions = await partitionsOf(tx, table.name);
  const begun = partitions.filter(({ from }) => from !== null && from > position).length;
  if (begun >= AHEAD) return 'ready';
  if (!(await takeTurn(tx))) return 'busy';
  // What others have done until now.
  const top = (await partitionsOf(tx, table.name)).at(-1);
  if (top === undefined || top.from !== partitions.at(-1)?.from) return 'busy';
  if (top.bytes > (patient ? READ.patiently : READ.atOnce)) return 'overfull';
  const at = Math.max(top.from ?? position, position) + (await step());
  return (await cut(tx, table, top, at)) ? 'more' : 'busy';
}

export async function state(x: Executor, { name }: PartitionedTable): Promise<PartitionsState> {
  const partitions = await partitionsOf(x, name);
  const top = partitions.at(-1);
  return { partitions: partitions.length, overfull: top !== undefined && top.bytes > READ.atOnce };
}
