import type { Kysely } from 'kysely';
import type { DatabaseFigures } from './database-figures.ts';
import type { Dialect } from './dialect/dialect.ts';
import type { EventRow } from './event-row.ts';
import type { NodeReads } from './node-reads.ts';
import type { ReplicaStatus } from './replicas.ts';
import type { Schema } from './schema.ts';
import type { TelemetryReads } from './telemetry-reads.ts';

/** A statement that is built already; `sql` is one of a few texts, each worth keeping prepared. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** What store functions take first: where to run their statements. */
export interface Executor {
  readonly sql: Kysely<Schema>;
  /** Runs a prepared statement without detours: for the hot paths. Answers its rows. */
  run<Row>(statement: Statement): Promise<Row[]>;
  readonly dialect: Dialect;
}

/** What a commit may wake. A wake is a hint that there is news to read, never the news itself. */
export type WakeTopic = 'access' | 'mail' | 'events' | 'lists';

/** An open transaction. Only what is done with the database may be awaited in it: it holds up other writers. */
export interface Tx extends Executor {
  /** Wakes the topic's listeners of this process once the transaction is committed. */
  wake(topic: WakeTopic): void;
  /** Once the transaction is committed, hands what it appended to the log to who reads the log in this process. */
  appended(entries: readonly EventRow[]): void;
}

export interface Database {
  readonly dialect: Dialect;
  /** For reading what is committed. */
  readonly reader: Executor;
  /** For reading many nodes. */
  readonly nodeReads: NodeReads;
  /** For reading telemetry. */
  readonly telemetryReads: TelemetryReads;
  /** Those that `nodeReads` and `telemetryReads` may use. */
  readonly replicas: readonly ReplicaStatus[];
  /**
   * Runs the command in one transaction and answers after its commit is durable. When the command throws, nothing
   * of it remains.
   */
  write<T>(command: (tx: Tx) => Promise<T>): Promise<T>;
  /** How many transactions may usefully be under way at once. */
  readonly writers: number;
  onWake(topic: WakeTopic, listener: () => void): void;
  /**
   * What a commit of this process has appended to the log comes here, not as a wake, unless it is much. Commits that
   * end at the same time may come in any order.
   */
  onAppended(listener: (entries: readonly EventRow[]) => void): void;
  /** Rewrites the database without the space that is free. For a command: it holds up whoever writes, for minutes. */
  compact(): Promise<void>;
  /** Answers when the database does; rejects otherwise. */
  ping(): Promise<void>;
  readonly figures: DatabaseFigures;
  close(): Promise<void>;
}
