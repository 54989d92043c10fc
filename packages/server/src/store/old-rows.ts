import { sql } from 'kysely';
import type { Executor, Tx } from './database.ts';
import type { Schema } from './schema.ts';

/** How many there are; their first and last moment, null when there are none. */
export interface Tally {
  number: number;
  oldest: number | null;
  newest: number | null;
}

/** A table whose rows are of use for a time only. */
export interface AgingTable {
  name: keyof Schema;
  key: string;
  /** The column with the moment from which on their time counts. */
  moment: string;
}

export async function tallyOld(x: Executor, { name, moment }: AgingTable, before: number): Promise<Tally> {
  const at = sql.ref(moment);
  const { rows } = await sql<Tally>`
    select count(*) as number, min(${at}) as oldest, max(${at}) as newest
    from ${sql.table(name)} where ${at} < ${before}`.execute(x.sql);
  return rows[0] as Tally;
}

/** Removes up to `limit` of the rows from before the moment, the oldest first. Answers how many it removed. */
export async function deleteOld(
  tx: Tx,
  { name, key, moment }: AgingTable,
  before: number,
  limit: number,
): Promise<number> {
  const at = sql.ref(moment);
  const result = await sql`
    delete from ${sql.table(name)} where ${at} < ${before} and ${sql.ref(key)} in (
      select ${sql.ref(key)} from ${sql.table(name)} where ${at} < ${before} order by ${at} limit ${limit}
    )`.execute(tx.sql);
  return Number(result.numAffectedRows ?? 0n);
}
