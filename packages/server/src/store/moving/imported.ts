import type { Insertable, Selectable } from 'kysely';
import type { Executor, Tx } from '../database.ts';
import type { EventRow } from '../event-row.ts';
import { EVENT_COLUMNS, eventTable, logClearedThrough } from '../events.ts';
import type { SubscriptionTable } from '../schema.ts';

const EVENTS = eventTable(EVENT_COLUMNS);

/** Puts entries into the log under the numbers that they bring. */
export async function restoreEvents(tx: Tx, events: readonly EventRow[]): Promise<void> {
  const rows = events.map((event) => EVENT_COLUMNS.map((column) => event[column]));
  await tx.dialect.moving.restoreRows(tx, EVENTS, rows);
  tx.wake('events');
}

/** The ids of the entries that have one of the numbers. */
export async function eventsNumbered(x: Executor, seqs: readonly number[]): Promise<Map<number, string>> {
  if (seqs.length === 0) return new Map();
  const rows = await x.sql.selectFrom('events').select(['seq', 'id']).where('seq', 'in', seqs).execute();
  return new Map(rows.map(({ seq, id }) => [seq, id]));
}

/** From now on the log numbers above `largest`. */
export async function numberEventsAbove(tx: Tx, largest: number): Promise<void> {
  if (largest > 0) await tx.dialect.moving.continueNumbers(tx, 'events', largest);
}

/**
 * What is missing before the first entry, or up to `largest` when there is none, counts as removed: a reader that
 * stands there is told that it has missed something.
 */
export async function tellMissing(tx: Tx, largest: number): Promise<void> {
  const row = await tx.sql
    .selectFrom('events')
    .select((eb) => eb.fn.min('seq').as('seq'))
    .executeTakeFirst();
  const missing = row?.seq === null || row?.seq === undefined ? largest : Number(row.seq) - 1;
  await logClearedThrough(tx, missing);
}

/** Which of the ids belong to telemetry. */
export async function knownTelemetry(x: Executor, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await x.sql.selectFrom('telemetry').select('id').where('id', 'in', ids).execute();
  return new Set(rows.map(({ id }) => id));
}

/** The names of the durable subscribers among those. */
export async function knownSubscribers(x: Executor, names: readonly string[]): Promise<Set<string>> {
  if (names.length === 0) return new Set();
  const rows = await x.sql
    .selectFrom('subscriptions')
    .select('subscriber_id')
    .where('subscriber_id', 'in', names)
    .execute();
  return new Set(rows.flatMap(({ subscriber_id }) => subscriber_id ?? []));
}

export async function insertSubscriber(
  tx: Tx,
  row: Omit<Selectable<SubscriptionTable>, 'id' | 'generation' | 'delivered' | 'in_doubt' | 'holder'>,
): Promise<void> {
  const values: Insertable<SubscriptionTable> = { ...row, generation: 1, delivered: null };
  await tx.sql.insertInto('subscriptions').values(values).execute();
}
