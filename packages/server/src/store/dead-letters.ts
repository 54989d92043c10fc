import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import { count } from './count.ts';
import type { Executor } from './database.ts';
import type { EventRow } from './event-row.ts';
import { EVENT_COLUMNS } from './events.ts';
import type { Schema } from './schema.ts';

export type DeadLetterRow = EventRow & { deliveries: number; worker: string | null; died: number };

type Entries = ExpressionBuilder<Schema, 'group_entries' | 'consumer_groups'>;

/** Dead letters, and what the next claim would make one. */
const isDead =
  (now: number) =>
  (eb: Entries): Expression<SqlBool> =>
    eb.or([
      eb('died', 'is not', null),
      eb.and([eb('deliveries', '>=', eb.ref('consumer_groups.max_deliveries')), eb('visible_at', '<=', now)]),
    ]);

const entriesInLog = (x: Executor) =>
  x.sql
    .selectFrom('group_entries')
    .innerJoin('consumer_groups', 'consumer_groups.id', 'group_entries.group_id')
    .innerJoin('events', 'events.seq', 'group_entries.seq');

/** The dead letters of a group, oldest first. */
export async function listDeadLetters(
  x: Executor,
  groupId: number,
  page: { now: number; limit: number; offset: number },
): Promise<{ rows: DeadLetterRow[]; total: number }> {
  const dead = entriesInLog(x).where('group_id', '=', groupId).where(isDead(page.now));
  const rows = await dead
    .select(EVENT_COLUMNS.map((column) => `events.${column}` as const))
    .select((eb) => ['deliveries', 'worker', eb.fn.coalesce('died', 'visible_at').as('died')])
    .orderBy('group_entries.seq')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
  return { rows, total: await count(dead) };
}

export interface EntryCounts {
  /** Claimed and not acknowledged. */
  pending: number;
  dead: number;
}

/** How many entries the groups have, by their ids; without those that the log has lost. */
export async function countEntries(
  x: Executor,
  groupIds: readonly number[],
  now: number,
): Promise<Map<number, EntryCounts>> {
  if (groupIds.length === 0) return new Map();
  const rows = await x.sql
    .selectFrom('group_entries')
    .innerJoin('consumer_groups', 'consumer_groups.id', 'group_entries.group_id')
    .where('group_id', 'in', [...groupIds])
    .where('seq', '>', (eb) => eb.selectFrom('event_log').select('purged_through'))
    .groupBy('group_id')
    .select('group_id')
    .select((eb) => eb.fn.countAll<number>().as('all'))
    .select((eb) =>
      sql<number>`sum(case when ${isDead(now)(eb as unknown as Entries)} then 1 else 0 end)`.as('dead'),
    )
    .execute();
  return new Map(
    rows.map(({ group_id, all, dead }) => [
      group_id,
      { pending: Number(all) - Number(dead), dead: Number(dead) },
    ]),
  );
}
