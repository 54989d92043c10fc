import type { Executor, Tx } from './database.ts';
import type { BulkTable } from './dialect/dialect.ts';
import type { EventRow } from './event-row.ts';
import { EVENT_COLUMNS } from './events.ts';

/** An entry in the hands of a claimer: `deliveries` and `visibleAt` tell this delivery from any other. */
export interface Delivery {
  seq: number;
  deliveries: number;
  visibleAt: number;
}

export type DeliveredEvent = EventRow & { deliveries: number };

interface Claimer {
  visibleAt: number;
  worker: string | null;
}

const ENTRIES: BulkTable = {
  name: 'group_entries',
  columns: [
    ['group_id', 'bigint'],
    ['seq', 'bigint'],
    ['deliveries', 'integer'],
    ['visible_at', 'bigint'],
    ['worker', 'text'],
  ],
};

/** How many entries can be claimed again, counted up to the limit; and when the next one can. */
export async function dueEntries(
  x: Executor,
  groupId: number,
  now: number,
  limit: number,
): Promise<{ count: number; next: number | undefined }> {
  const waiting = x.sql.selectFrom('group_entries').where('group_id', '=', groupId).where('died', 'is', null);
  const due = await waiting.select('seq').where('visible_at', '<=', now).limit(limit).execute();
  if (due.length > 0) return { count: due.length, next: undefined };
  const later = await waiting
    .select('visible_at')
    .where('visible_at', '>', now)
    .orderBy('visible_at')
    .limit(1)
    .executeTakeFirst();
  return { count: 0, next: later?.visible_at };
}

/** Removes what is due, or dead, and no longer in the log. Answers how many of them were due. */
export async function dropPurged(tx: Tx, groupId: number, purged: number, now: number): Promise<number> {
  const dropped = await tx.sql
    .deleteFrom('group_entries')
    .where('group_id', '=', groupId)
    .where('seq', '<=', purged)
    .where((eb) => eb.or([eb('died', 'is not', null), eb('visible_at', '<=', now)]))
    .returning('died')
    .execute();
  return dropped.filter(({ died }) => died === null).length;
}

/** Makes dead letters of what is due and has been delivered often enough. */
export async function buryExhausted(
  tx: Tx,
  groupId: number,
  maxDeliveries: number,
  now: number,
): Promise<void> {
  await tx.sql
    .updateTable('group_entries')
    .set({ died: now })
    .where('group_id', '=', groupId)
    .where('died', 'is', null)
    .where('visible_at', '<=', now)
    .where('deliveries', '>=', maxDeliveries)
    .execute();
}

/** Gives the oldest entries that are due to a claimer. The group is locked, and what is exhausted is buried. */
export async function takeDue(
  tx: Tx,
  groupId: number,
  claimer: Claimer,
  page: { now: number; limit: number },
): Promise<DeliveredEvent[]> {
  const rows = await tx.sql
    .selectFrom('group_entries')
    .innerJoin('events', 'events.seq', 'group_entries.seq')
    .select(EVENT_COLUMNS.map((column) => `events.${column}` as const))
    .select('deliveries')
    .where('group_id', '=', groupId)
    .where('died', 'is', null)
    .where('visible_at', '<=', page.now)
    .orderBy('group_entries.seq')
    .limit(page.limit)
    .execute();
  const last = rows.at(-1);
  if (last === undefined) return [];
  await tx.sql
    .updateTable('group_entries')
    .set((eb) => ({
      deliveries: eb('deliveries', '+', 1),
      visible_at: claimer.visibleAt,
      worker: claimer.worker,
    }))
    .where('group_id', '=', groupId)
    .where('died', 'is', null)
    .where('visible_at', '<=', page.now)
    .where('seq', '<=', last.seq)
    .execute();
  return rows.map((row) => ({ ...row, deliveries: row.deliveries + 1 }));
}

/** Gives entries that nobody has had to a claimer. */
export async function insertTaken(
  tx: Tx,
  groupId: number,
  claimer: Claimer,
  seqs: readonly number[],
): Promise<void> {
  const rows = seqs.map((seq) => [groupId, seq, 1, claimer.visibleAt, claimer.worker]);
  if (rows.length > 0) await tx.dialect.insertRows(tx, ENTRIES, rows);
}

/** Takes deliveries back that did not come: as if they had not been tried. */
export async function undoDeliveries(tx: Tx, groupId: number, what: readonly Delivery[]): Promise<void> {
  for (const { seq, deliveries, visibleAt } of what) {
    await tx.sql
      .updateTable('group_entries')
      .set({ deliveries: deliveries - 1, visible_at: 0 })
      .where('group_id', '=', groupId)
      .where('seq', '=', seq)
      .where('deliveries', '=', deliveries)
      .where('visible_at', '=', visibleAt)
      .execute();
  }
}
