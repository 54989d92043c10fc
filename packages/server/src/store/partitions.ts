import { DAY } from '@kernelci/model';
import { count } from './count.ts';
import type { Executor, Tx } from './database.ts';
import type { PartitionedTable, PartitionsState, Prepared } from './dialect/partitions.ts';
import { lastSeq, logClearedThrough } from './events.ts';
import { EVENTS, PARTITIONED, TELEMETRY } from './partitioned-tables.ts';

export type { Prepared } from './dialect/partitions.ts';

/** Each statement that looks at a whole table looks at every partition: longer times are kept in longer ones. */
const PARTITIONS = 30;
/** Entries in a partition of the log, at least: a small one is not worth its place. */
const ENTRIES_MIN = 100_000;

export interface PrepareOptions {
  now: number;
  /** How long the rows are kept, in milliseconds. */
  keptMs: number;
  /** As the dialect's `Ahead` has it. */
  patient: boolean;
}

/** The time that one partition spans: a day, or whole days where rows are kept for long. */
const spanOf = (keptMs: number): number => Math.max(1, Math.ceil(keptMs / DAY / PARTITIONS)) * DAY;

const entriesSince = (tx: Tx, moment: number): Promise<number> =>
  count(tx.sql.selectFrom('events').where('time', '>=', moment));

/** Begins a partition of the log in advance, for as many entries as there were in the time that it is to span. */
export async function prepareEvents(tx: Tx, { now, keptMs, patient }: PrepareOptions): Promise<Prepared> {
  const { partitions } = tx.dialect;
  if (partitions === null) return 'ready';
  const position = await lastSeq(tx);
  const step = async () => Math.max(ENTRIES_MIN, await entriesSince(tx, now - spanOf(keptMs)));
  return partitions.prepare(tx, EVENTS, { position, step, patient });
}

/** Begins a day of telemetry in advance; days begin at midnight UTC. */
export async function prepareTelemetry(tx: Tx, { now, keptMs, patient }: PrepareOptions): Promise<Prepared> {
  const position = now - (now % DAY);
  const { partitions } = tx.dialect;
  return partitions?.prepare(tx, TELEMETRY, { position, step: () => spanOf(keptMs), patient }) ?? 'ready';
}

/**
 * Drops partitions of the log whose entries are all from before the moment. What the log has lost it tells with
 * `purgedThrough`, in the same transaction. Answers how many went; undefined when there is nothing more to drop.
 */
export async function dropEvents(tx: Tx, before: number): Promise<number | undefined> {
  const { partitions } = tx.dialect;
  if (partitions === null) return undefined;
  const dropped = await partitions.drop(tx, EVENTS, { before, below: await lastSeq(tx) });
  if (dropped === undefined) return undefined;
  if (dropped.last !== null) await logClearedThrough(tx, dropped.last);
  return dropped.rows;
}

/** The same for telemetry. */
export async function dropTelemetry(tx: Tx, before: number): Promise<number | undefined> {
  return (await tx.dialect.partitions?.drop(tx, TELEMETRY, { before, below: before }))?.rows;
}

export interface TablePartitions extends PartitionsState {
  table: PartitionedTable['name'];
}

/** How the engine's partitioned tables are; empty when it has none. */
export async function partitionsState(x: Executor): Promise<TablePartitions[]> {
  const { partitions } = x.dialect;
  if (partitions === null) return [];
  const states: TablePartitions[] = [];
  for (const table of PARTITIONED) states.push({ table: table.name, ...(await partitions.state(x, table)) });
  return states;
}
