import { newId } from '@kernelci/model';
import { compiled } from './compiled.ts';
import type { Executor, Tx } from './database.ts';
import type { BulkTable } from './dialect/dialect.ts';
import type { EventCopies, EventRow } from './event-row.ts';

export interface NewEvent extends Partial<EventCopies> {
  channel: string;
  owner: string | null;
  nodeId: string | null;
  /** Whether the channel tells of it; see `EventTable`. */
  listed: boolean;
  /** JSON. */
  data: string;
  /** JSON; see `EventTable`. */
  attributes?: string;
}

export const EVENT_COLUMNS = [
  ...(['seq', 'id', 'time', 'channel', 'owner', 'node_id', 'listed', 'data', 'attributes'] as const),
  ...(['op', 'kind', 'state', 'result', 'name', 'group_name'] as const),
] as const;

type EventColumn = (typeof EVENT_COLUMNS)[number];

function typeOf(column: EventColumn): BulkTable['columns'][number][1] {
  if (column === 'seq' || column === 'time') return 'bigint';
  return column === 'listed' ? 'integer' : 'text';
}

/** The log with these of its columns, for inserting. */
export const eventTable = (columns: readonly EventColumn[]): BulkTable => ({
  name: 'events',
  columns: columns.map((column) => [column, typeOf(column)]),
});

const COLUMNS = EVENT_COLUMNS.filter((column) => column !== 'seq');
const EVENTS = eventTable(COLUMNS);

/** So many entries are handed over by a commit at the most: more are read, batch by batch, by whoever wants them. */
const HANDED_MAX = 500;

const rowOf = (event: NewEvent, now: number): Omit<EventRow, 'seq'> => ({
  id: newId(now),
  time: now,
  channel: event.channel,
  owner: event.owner,
  node_id: event.nodeId,
  listed: event.listed ? 1 : 0,
  data: event.data,
  attributes: event.attributes ?? null,
  op: event.op ?? null,
  kind: event.kind ?? null,
  state: event.state ?? null,
  result: event.result ?? null,
  name: event.name ?? null,
  group_name: event.group_name ?? null,
});

/**
 * Appends to the log, in this order. The last thing that a transaction does: others that append wait from here to
 * its commit.
 */
export async function appendEvents(tx: Tx, events: readonly NewEvent[], now: number): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map((event) => rowOf(event, now));
  const seqs = await tx.dialect.appendRows(
    tx,
    EVENTS,
    rows.map((row) => COLUMNS.map((column) => row[column])),
  );
  if (rows.length > HANDED_MAX) tx.wake('events');
  else tx.appended(rows.map((row, i) => ({ seq: seqs[i] as number, ...row })));
}

/** The log's entries about the node, oldest first. */
export async function eventsOfNode(
  x: Executor,
  nodeId: string,
  page: { limit: number; offset: number },
): Promise<EventRow[]> {
  return x.sql
    .selectFrom('events')
    .select(EVENT_COLUMNS)
    .where('node_id', '=', nodeId)
    .orderBy('seq')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
}

const after = compiled<EventRow, [number, number]>((sql) =>
  sql.selectFrom('events').select(EVENT_COLUMNS).where('seq', '>', 0).orderBy('seq').limit(1),
);

/** The entries behind the number, oldest first. */
export const eventsAfter = (x: Executor, seq: number, limit: number): Promise<EventRow[]> =>
  after(x, [seq, limit]);

const last = compiled<{ seq: number | null }, []>((sql) =>
  sql.selectFrom('events').select((eb) => eb.fn.max('seq').as('seq')),
);
const purged = compiled<{ purged_through: number }, []>((sql) =>
  sql.selectFrom('event_log').select('purged_through'),
);

/** Up to which number entries have been removed from the log; 0 when none has. */
export async function purgedThrough(x: Executor): Promise<number> {
  return (await purged(x, []))[0]?.purged_through ?? 0;
}

/** The number of the last entry; when all have been removed, that of the last one removed; 0 when there was none. */
export async function lastSeq(x: Executor): Promise<number> {
  const [row] = await last(x, []);
  return row?.seq ?? (await purgedThrough(x));
}

/** The latest moment that an entry tells, epoch milliseconds. */
export async function newestEvent(x: Executor): Promise<number | null> {
  const row = await x.sql
    .selectFrom('events')
    .select((eb) => eb.fn.max('time').as('time'))
    .executeTakeFirst();
  return row?.time ?? null;
}

/**
 * Removes up to `limit` of the oldest entries that are from before the moment. Answers how many it removed. What the
 * log has lost it tells with `purgedThrough`, in the same transaction.
 */
export async function purgeEvents(tx: Tx, before: number, limit: number): Promise<number> {
  const oldest = await tx.sql
    .selectFrom('events')
    .select(['seq', 'time'])
    .orderBy('seq')
    .limit(limit)
    .execute();
  const kept = oldest.findIndex(({ time }) => time >= before);
  const count = kept < 0 ? oldest.length : kept;
  const end = oldest[count - 1];
  if (end === undefined) return 0;
  await tx.sql.deleteFrom('events').where('seq', '<=', end.seq).execute();
  await logClearedThrough(tx, end.seq);
  return count;
}

/** Notes up to where the log is cleared, unless it is further already. */
export async function logClearedThrough(tx: Tx, seq: number): Promise<void> {
  await tx.sql
    .updateTable('event_log')
    .set({ purged_through: seq })
    .where('purged_through', '<', seq)
    .execute();
}
