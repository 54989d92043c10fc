import { SECOND } from '@kernelci/model';
import {
  type ConsumerGroupRow,
  lockConsumerGroup,
  updateConsumerGroup,
} from '../../store/consumer-groups.ts';
import type { Tx } from '../../store/database.ts';
import type { EventRow } from '../../store/event-row.ts';
import { purgedThrough } from '../../store/events.ts';
import {
  buryExhausted,
  type DeliveredEvent,
  dropPurged,
  insertTaken,
  takeDue,
} from '../../store/group-entries.ts';
import type { Clock } from '../clock.ts';
import { groupNotFound } from './own-group.ts';

/** What was found in the log behind the position of a group, as the group was then. */
export interface Ahead {
  group: ConsumerGroupRow;
  rows: readonly EventRow[];
  /** Every entry up to here that is for the group is among the rows. */
  through: number;
  /** How many entries in between had been removed from the log. */
  missed: number;
}

export interface Taken {
  items: DeliveredEvent[];
  visibleAt: number;
  missed: number;
  /** Something has changed since the log was looked at: what was found does not count. */
  isStale: boolean;
}

interface Claim {
  groupId: number;
  limit: number;
  worker: string | null;
  clock: Clock;
  /** Whether there are entries that can be claimed again. */
  hasDue: boolean;
  /** Undefined when the log was not looked at. */
  ahead: Ahead | undefined;
}

/**
 * Gives entries to a claimer: first those that others have had and not acknowledged, then those of the log. Throws
 * `not_found` when the group is no more.
 */
export async function takeEntries(tx: Tx, claim: Claim): Promise<Taken> {
  const { groupId, limit, worker, ahead } = claim;
  const group = await lockConsumerGroup(tx, groupId);
  if (group === undefined) throw groupNotFound(groupId);
  // Not before the lock, which may have taken a while.
  const now = claim.clock();
  const claimer = { worker, visibleAt: now + group.visibility_seconds * SECOND };
  const taken: Taken = { items: [], visibleAt: claimer.visibleAt, missed: 0, isStale: false };
  if (claim.hasDue) {
    taken.missed += await dropPurged(tx, groupId, await purgedThrough(tx), now);
    await buryExhausted(tx, groupId, group.max_deliveries, now);
    taken.items = await takeDue(tx, groupId, claimer, { now, limit });
  }
  const room = limit - taken.items.length;
  if (ahead === undefined || room === 0) return taken;
  const { position, channel, filter } = ahead.group;
  taken.isStale = group.position !== position || group.channel !== channel || group.filter !== filter;
  if (taken.isStale) return taken;
  const rows = ahead.rows.slice(0, room);
  await insertTaken(
    tx,
    groupId,
    claimer,
    rows.map(({ seq }) => seq),
  );
  const through = rows.length < ahead.rows.length ? (rows.at(-1)?.seq ?? position) : ahead.through;
  if (through !== position) await updateConsumerGroup(tx, groupId, { position: through });
  taken.missed += ahead.missed;
  taken.items.push(...rows.map((row) => ({ ...row, deliveries: 1 })));
  return taken;
}
