import { newId } from '@kernelci/model';
import type { Selectable } from 'kysely';
import type { Executor, Tx } from './database.ts';
import type { BulkTable } from './dialect/dialect.ts';
import type { EventTable } from './schema.ts';

export type EventRow = Selectable<EventTable>;

export interface NewEvent {
  channel: string;
  owner: string | null;
  nodeId: string | null;
  /** Whether the channel tells of it; see `EventTable`. */
  listed: boolean;
  /** JSON. */
  data: string;
}

const EVENTS: BulkTable = {
  name: 'events',
  columns: [
    ['id', 'text'],
    ['time', 'bigint'],
    ['channel', 'text'],
    ['owner', 'text'],
    ['node_id', 'text'],
    ['listed', 'integer'],
    ['data', 'text'],
  ],
};

/**
 * Appends to the log, in this order. The last thing that a transaction does: others that append wait from here to
 * its commit.
 */
export async function appendEvents(tx: Tx, events: readonly NewEvent[], now: number): Promise<void> {
  if (events.length === 0) return;
  await tx.dialect.lockLog(tx);
  await tx.dialect.insertRows(
    tx,
    EVENTS,
    events.map((e) => [newId(now), now, e.channel, e.owner, e.nodeId, e.listed ? 1 : 0, e.data]),
  );
  tx.wake('events');
}

/** The log's entries about the node, oldest first. */
export async function eventsOfNode(
  x: Executor,
  nodeId: string,
  page: { limit: number; offset: number },
): Promise<EventRow[]> {
  return x.sql
    .selectFrom('events')
    .selectAll()
    .where('node_id', '=', nodeId)
    .orderBy('seq')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
}
