import type { Sql } from './sql.ts';

/** The caller is gone: what is read for nobody stops. */
export class ReadCancelled extends Error {
  override readonly name = 'ReadCancelled';
}

/** The read took longer than the time limit allows. */
export class TimeLimitExceeded extends Error {
  override readonly name = 'TimeLimitExceeded';
  /** In seconds. */
  readonly limit: number;

  constructor(limit: number) {
    super(`the read took longer than ${limit} seconds`);
    this.limit = limit;
  }
}

/** The subtree has more nodes than can be asked for at once. */
export class TreeTooLarge extends Error {
  override readonly name = 'TreeTooLarge';
  readonly limit: number;

  constructor(limit: number) {
    super(`the tree has more than ${limit} nodes`);
    this.limit = limit;
  }
}

/** An engine to read from, and what differs between them. */
export interface ReadSource {
  query(statement: Sql): Promise<unknown[]>;
  /** The table as a statement reads from it: by the index, by none (null), or as the engine likes. */
  from(table: 'nodes' | 'telemetry', index: string | null | undefined): Sql;
  /** At the end of a subquery: it is to be answered by itself, whatever order and limit are around it. */
  readonly apart: Sql;
  /** Whether the text has the other in it. */
  contains(text: Sql, part: string): Sql;
  /** How many rows the engine expects the query to find; null when it does not say. */
  expectedRows(query: Sql): Promise<number | null>;
}

/** One read under way: where its statements run, and on what terms. */
export interface Reading {
  readonly source: ReadSource;
  /**
   * Up to how many entries are counted, one number after the other, until some index has no more. Where all have
   * more than the last, the engine is asked what it expects.
   */
  readonly probes: readonly number[];
  /** How many rows one step of a scan looks at. */
  readonly stepRows: number;
  /** How much telemetry one statement looks at; null: as much as there is. */
  readonly sliceRows: number | null;
  /** To sort all that matches is the plain way when it takes no longer than this, in microseconds. */
  readonly plainMicros: number;
  /** Called before each statement: lets other work have its turn. Throws when the read is to stop. */
  pause(): Promise<void>;
  /** Says how many microseconds the next statement may take, so that a quick lane can pass the read on. */
  expect(micros: number): void;
}

/** What the statement finds; its caller knows the shape of the rows. */
export async function rows<Row>(reading: Reading, statement: Sql): Promise<Row[]> {
  await reading.pause();
  return (await reading.source.query(statement)) as Row[];
}

/** What one thing costs on SQLite, in microseconds; PostgreSQL takes a few times as long, in like proportions. */
export const COST = {
  /** An entry of an index, looked at in its order. */
  entry: 0.03,
  /** A row that an index entry leads to. */
  lookup: 0.6,
  /** A row, in the order of insertion. */
  row: 0.1,
  /** A document, read and answered. */
  document: 3,
} as const;
