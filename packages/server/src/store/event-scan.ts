import { type Expression, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import type { Executor } from './database.ts';
import type { EventCopies, EventRow } from './event-row.ts';
import { EVENT_COLUMNS } from './events.ts';
import type { Schema } from './schema.ts';

/** The channel of the node events: nearly all there are. */
export const NODE_CHANNEL = 'node';

/** Conditions that the log's own columns answer. Of each list one must be equal. */
export interface EventSelection {
  channel?: string;
  nodeId?: string;
  ids?: readonly string[];
  owner?: string;
  /** Only what the channel tells; see `EventTable`. */
  listed?: true;
  /** Entries whose owner is this one, or that have none. */
  visibleTo?: string;
  /** Of a moment strictly later, epoch milliseconds. */
  later?: number;
  copies?: Partial<EventCopies>;
}

export interface ScanWindow {
  /** Behind this number … */
  after: number;
  /** … and up to this one. */
  through: number;
  /** Entries to look at, at the most. */
  entries: number;
  /** Entries to answer, at the most; all that match when absent. */
  limit?: number;
}

export interface Scanned {
  rows: EventRow[];
  /** Up to where all that match are among the rows. */
  through: number;
}

/** Written out, as it stands in the index that leaves that channel out. */
const OTHER_THAN = sql.lit(NODE_CHANNEL);

type Query = SelectQueryBuilder<Schema, 'events', object>;

/** Entries that an index finds, in the log's order; the rest of the selection is for the entries found. */
function driven(query: Query, s: EventSelection): Query {
  if (s.nodeId !== undefined) return query.where('node_id', '=', s.nodeId);
  if (s.channel !== undefined && s.channel !== NODE_CHANNEL) {
    return query.where('channel', '=', s.channel).where('channel', '<>', OTHER_THAN);
  }
  const { kind } = s.copies ?? {};
  return kind === undefined || kind === null ? query : query.where('kind', '=', kind);
}

function selected(query: Query, s: EventSelection): Query {
  let found = query;
  if (s.channel !== undefined) found = found.where('channel', '=', s.channel);
  if (s.nodeId !== undefined) found = found.where('node_id', '=', s.nodeId);
  if (s.ids !== undefined) found = found.where('id', 'in', [...s.ids]);
  if (s.owner !== undefined) found = found.where('owner', '=', s.owner);
  if (s.listed) found = found.where('listed', '=', 1);
  if (s.later !== undefined) found = found.where('time', '>', s.later);
  const { visibleTo } = s;
  if (visibleTo !== undefined) {
    found = found.where(
      (eb): Expression<SqlBool> => eb.or([eb('owner', 'is', null), eb('owner', '=', visibleTo)]),
    );
  }
  for (const [column, value] of Object.entries(s.copies ?? {}) as Array<[keyof EventCopies, string | null]>) {
    found = value === null ? found.where(column, 'is', null) : found.where(column, '=', value);
  }
  return found;
}

/**
 * The entries of the window that match, oldest first. It looks at so many entries and no more, so that it takes no
 * longer where few match: `through` says how far it came.
 */
export async function scanEvents(x: Executor, s: EventSelection, window: ScanWindow): Promise<Scanned> {
  // Asked for a range of numbers, PostgreSQL takes a partition that it knows little of for nearly empty, and sorts it.
  const behind = x.sql.selectFrom('events').where('seq', '>', window.after);
  const last = await driven(behind, s)
    .select('seq')
    .orderBy('seq')
    .offset(window.entries - 1)
    .limit(1)
    .executeTakeFirst();
  const through = Math.min(last?.seq ?? window.through, window.through);
  const range = x.sql.selectFrom('events').where('seq', '>', window.after).where('seq', '<=', through);
  const query = selected(driven(range, s), s).select(EVENT_COLUMNS).orderBy('seq');
  const rows = await (window.limit === undefined ? query : query.limit(window.limit)).execute();
  const end = rows.length === window.limit ? rows.at(-1)?.seq : undefined;
  return { rows, through: end ?? through };
}

/** The number right before that of the first moment which is that late; null when there is none. */
export async function seqBefore(x: Executor, time: number): Promise<number | null> {
  const row = await x.sql
    .selectFrom('events')
    .select('seq')
    .where('time', '>=', time)
    .orderBy('time')
    .orderBy('seq')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : row.seq - 1;
}
