import type { DatabaseLocation } from '../../../packages/server/src/store/open.ts';
import type { Sample } from '../load/sample.ts';

export type Engine = 'sqlite' | 'postgres';

/** A database filled with a data set. */
export interface DataSet {
  engine: Engine;
  sample: Sample;
  /** Kept for the next run: not to be written to. */
  location: DatabaseLocation;
  /** A copy that may be written to. */
  copy(): Promise<{ location: DatabaseLocation; drop(): Promise<void> }>;
}

/** Where data sets are kept from run to run. */
export interface DataSets {
  /** The data set of so many nodes: an earlier run's, else made now. */
  provide(nodes: number): Promise<DataSet>;
  /** The process whose children are the engine's; undefined for an engine without any, NaN out of reach. */
  databasePid?: number;
  close(): Promise<void>;
}

export interface DataSetsOptions {
  /** The folder of everything that is kept. */
  cache: string;
  seed: number;
  days: number;
  /** Make data sets anew. */
  fresh: boolean;
}
