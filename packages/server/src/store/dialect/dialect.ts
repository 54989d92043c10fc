import type { ColumnDefinitionBuilder, RawBuilder, SelectQueryBuilder } from 'kysely';
import type { Executor } from '../database.ts';
import type { Schema } from '../schema.ts';
import type { MovingDialect } from './moving.ts';
import type { PartitionsDialect } from './partitions.ts';

/** A table with its columns, for inserting many rows at once. */
export interface BulkTable {
  name: keyof Schema;
  columns: ReadonlyArray<readonly [name: string, type: 'text' | 'bigint' | 'integer' | 'double precision']>;
}

/** A row whose first value, which stays, is its key. Where `before` is known to be the same, nothing changes. */
export interface RowChange {
  before: BulkRow;
  after: BulkRow;
}

export type BulkRow = ReadonlyArray<string | number | null>;

/** All that differs between the engines, apart from how their connections are opened. */
export interface Dialect {
  readonly name: 'sqlite' | 'postgres';
  /** The type of a column that numbers rows in the order of their insertion. */
  readonly serialType: 'integer' | 'bigint';
  serial(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder;
  /** The same, cheaper: the number of a deleted last row may be given again. */
  plainSerial(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder;
  /** The type of text that is compared and sorted by its bytes. */
  readonly byteText: RawBuilder<string>;
  /** What an index must end with for the row's number to be read from it. */
  readonly coveringTail: readonly string[];
  /** Keeps the selected rows from being changed by others until the transaction ends. */
  lock<DB, TB extends keyof DB, O>(query: SelectQueryBuilder<DB, TB, O>): SelectQueryBuilder<DB, TB, O>;
  /** The same, leaving out rows that others keep. */
  lockFree<DB, TB extends keyof DB, O>(query: SelectQueryBuilder<DB, TB, O>): SelectQueryBuilder<DB, TB, O>;
  /** Inserts the rows, whose values stand in the order of the columns. */
  insertRows(x: Executor, table: BulkTable, rows: readonly BulkRow[]): Promise<void>;
  /** Changes rows that are there, known by the table's first column. */
  updateRows(x: Executor, table: BulkTable, changes: readonly RowChange[]): Promise<void>;
  /** Numbers for as many new rows of the table, growing, given to nobody else. */
  reserveSeqs(x: Executor, table: 'nodes', count: number): Promise<number[]>;
  /**
   * The same for the event log: from here to the commit no other transaction appends to it, so that the order of the
   * numbers is the order of the commits. Answers the numbers, in the order of the rows.
   */
  appendRows(x: Executor, table: BulkTable, rows: readonly BulkRow[]): Promise<number[]>;
  /** For who moves a whole database. */
  readonly moving: MovingDialect;
  /** For tables whose rows are of use for a time only; null when the engine keeps every table whole. */
  readonly partitions: PartitionsDialect | null;
  /**
   * One small step of giving free space back to the disk, in a transaction of its own. Answers whether there is more
   * to do.
   */
  giveSpaceBack(x: Executor): Promise<boolean>;
  /** One of `store/errors.ts` when the driver's error means that; the error itself otherwise. */
  translateError(error: unknown): unknown;
}
