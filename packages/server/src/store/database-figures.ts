/** Connections of this process. */
export interface PoolFigures {
  inUse: number;
  idle: number;
  /** Those who wait for a connection. */
  waiting: number;
}

/** What an engine tells of itself for those who watch it. */
export interface DatabaseFigures {
  /** Of the whole database, in bytes. Rejects when the database does not answer. */
  size(): Promise<number>;
  /** How long the write-ahead log is, in bytes; only of an engine that keeps it beside a file. */
  logLength?(): number;
  /** Only of an engine that is connected to. Known also when the database does not answer. */
  pool?(): PoolFigures;
}
