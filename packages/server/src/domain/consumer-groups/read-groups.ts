import { type ConsumerGroup, type Page, type PageQuery, toApiTime } from '@kernelci/model';
import { type ConsumerGroupRow, listConsumerGroups } from '../../store/consumer-groups.ts';
import { countEntries, type EntryCounts } from '../../store/dead-letters.ts';
import { lastSeq } from '../../store/events.ts';
import { isAdmin, type Principal } from '../access/principal.ts';
import { conditionsOf } from '../events/stored-filter.ts';
import type { Uses } from '../services.ts';
import { ownGroup } from './own-group.ts';

const NONE: EntryCounts = { pending: 0, dead: 0 };

function toGroup(row: ConsumerGroupRow, end: number, counts: EntryCounts): ConsumerGroup {
  return {
    name: row.name,
    owner: row.username,
    channel: row.channel,
    filter: conditionsOf(row),
    visibility_seconds: row.visibility_seconds,
    max_deliveries: row.max_deliveries,
    created: toApiTime(row.created),
    position: row.position,
    lag: Math.max(0, end - row.position),
    ...counts,
  };
}

async function toGroups(
  { db, clock }: Uses<'db' | 'clock'>,
  rows: readonly ConsumerGroupRow[],
): Promise<ConsumerGroup[]> {
  const ids = rows.map(({ id }) => id);
  const [end, counts] = [await lastSeq(db.reader), await countEntries(db.reader, ids, clock())];
  return rows.map((row) => toGroup(row, end, counts.get(row.id) ?? NONE));
}

/** Throws as `ownGroup`. */
export async function getConsumerGroup(
  s: Uses<'db' | 'clock'>,
  principal: Principal,
  name: string,
): Promise<ConsumerGroup> {
  const row = await ownGroup(s.db.reader, principal, name, 'look');
  const [group] = await toGroups(s, [row]);
  return group as ConsumerGroup;
}

/** The caller's groups; for admins, all. */
export async function listGroupsFor(
  s: Uses<'db' | 'clock'>,
  principal: Principal,
  { limit, offset }: PageQuery,
): Promise<Page<ConsumerGroup>> {
  const userId = isAdmin(principal) ? undefined : principal.account.id;
  const { rows, total } = await listConsumerGroups(s.db.reader, { userId, limit, offset });
  return { items: await toGroups(s, rows), total, limit, offset };
}
