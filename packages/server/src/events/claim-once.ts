import { groupNotFound } from '../domain/consumer-groups/own-group.ts';
import { type Ahead, takeEntries } from '../domain/consumer-groups/take-entries.ts';
import type { EventFilter } from '../domain/events/event-filter.ts';
import { eventFilterOf } from '../domain/events/stored-filter.ts';
import { type ConsumerGroupRow, findConsumerGroupById } from '../store/consumer-groups.ts';
import type { Database } from '../store/database.ts';
import { lastSeq } from '../store/events.ts';
import { type DeliveredEvent, dueEntries } from '../store/group-entries.ts';
import type { EventFeed } from './feed.ts';
import { FeedReader } from './feed-reader.ts';

/** How often the log is looked at again when another instance has moved the group meanwhile. */
const TRIES = 5;

/** Entries were removed from the log before a group's workers came for them. */
export interface GroupGap {
  group: string;
  username: string;
  missed: number;
}

export interface ClaimTools {
  db: Database;
  feed: EventFeed;
  clock: () => number;
  onGap: (gap: GroupGap) => void;
}

export interface ClaimRequest {
  limit: number;
  worker: string | null;
}

export interface Claimed {
  items: DeliveredEvent[];
  /** Until when they are the claimer's, epoch milliseconds. */
  visibleAt: number;
  missed: number;
  /** Whether there may be more at once: not all of the log has been looked at. */
  hasMore: boolean;
  /** Up to where it has been looked at, and for what. */
  position: number;
  filter: EventFilter;
  /** When an entry that somebody has can be claimed again, unless it is acknowledged. */
  nextDue: number | undefined;
}

async function lookAhead(
  { db, feed }: ClaimTools,
  group: ConsumerGroupRow,
  filter: EventFilter,
  limit: number,
): Promise<Ahead & { isAtEnd: boolean }> {
  let missed = 0;
  const start = { position: group.position, oldest: 0, end: await lastSeq(db.reader) };
  const reader = new FeedReader({ reader: db.reader, feed }, filter, start, (count) => {
    missed += count;
  });
  const rows = await reader.read(limit);
  return { group, rows, through: reader.position, missed, isAtEnd: reader.isAtEnd };
}

interface Attempt {
  claimed: Claimed;
  /** Nothing was found where something may be. */
  isInVain: boolean;
}

async function attempt(
  tools: ClaimTools,
  groupId: number,
  { limit, worker }: ClaimRequest,
): Promise<Attempt> {
  const { db, clock } = tools;
  const group = await findConsumerGroupById(db.reader, groupId);
  if (group === undefined) throw groupNotFound(groupId);
  const filter = eventFilterOf(group);
  const due = await dueEntries(db.reader, groupId, clock(), limit);
  const ahead = due.count < limit ? await lookAhead(tools, group, filter, limit - due.count) : undefined;
  const position = ahead?.through ?? group.position;
  const found = { position, filter, hasMore: ahead?.isAtEnd !== true, nextDue: due.next };
  if (due.count === 0 && position === group.position)
    return { claimed: { ...found, items: [], visibleAt: 0, missed: 0 }, isInVain: false };
  const claim = { groupId, limit, worker, clock, hasDue: due.count > 0, ahead };
  const { isStale, ...taken } = await db.write((tx) => takeEntries(tx, claim));
  if (taken.missed > 0) tools.onGap({ group: group.name, username: group.username, missed: taken.missed });
  // All that was due was dead, say: that is no reason not to look into the log.
  const isInVain = taken.items.length === 0 && (isStale || ahead === undefined);
  return { claimed: { ...found, ...taken, hasMore: found.hasMore || isStale }, isInVain };
}

/** What there is for a claimer of the group at the moment. Throws `not_found` when the group is no more. */
export async function claimOnce(tools: ClaimTools, groupId: number, request: ClaimRequest): Promise<Claimed> {
  let missed = 0;
  for (let tries = 1; ; tries += 1) {
    const { claimed, isInVain } = await attempt(tools, groupId, request);
    missed += claimed.missed;
    if (!isInVain || tries === TRIES) return { ...claimed, missed };
  }
}
