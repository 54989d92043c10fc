import type { Executor, Tx } from '../database.ts';

/** A table whose rows grow old in about the order of its key. */
export interface PartitionedTable {
  name: 'events' | 'telemetry';
  /** The whole number that tells in which partition a row is. */
  key: string;
  /** The column with the moment from which on the row's time counts. */
  moment: string;
}

/** How far partitions are to be made in advance. */
export interface Ahead {
  /** About where new rows come now, as a value of the key. */
  position: number;
  /** What the key of the next partition is to span. */
  step(): Promise<number> | number;
  /** Whether others may be held up for as long as the rows of one partition are read: seconds, when they are many. */
  patient: boolean;
}

/**
 * `ready`: nothing more to do; `more`: one step is done, look again; `busy`: others use the table, or are at the same;
 * `overfull`: it takes patience.
 */
export type Prepared = 'ready' | 'more' | 'busy' | 'overfull';

export interface Dropped {
  rows: number;
  /** The largest key among them; null when there were no rows. */
  last: number | null;
}

export interface PartitionsState {
  partitions: number;
  /** Whether the last one has so many rows that to end it takes patience. */
  overfull: boolean;
}

/**
 * For engines that keep a table in partitions, each a range of the key. Together they are all values there are: the
 * first is open to below, the last to above, so that no row is ever without a place.
 */
export interface PartitionsDialect {
  /** Makes a plain table one of one partition, which takes no longer when it has many rows. For migrations. */
  divide(x: Executor['sql'], tables: readonly PartitionedTable[]): Promise<void>;
  /** Begins partitions before they are needed, one step at a time. */
  prepare(tx: Tx, table: PartitionedTable, ahead: Ahead): Promise<Prepared>;
  /**
   * Drops first partitions whose keys are below `below` and whose rows are all from before the moment. Answers what
   * went; undefined when nothing did, which may be because others use the table.
   */
  drop(tx: Tx, table: PartitionedTable, old: { before: number; below: number }): Promise<Dropped | undefined>;
  state(x: Executor, table: PartitionedTable): Promise<PartitionsState>;
}
