import type { Executor } from '../database.ts';
import type { BulkRow, BulkTable } from './dialect.ts';

export interface TableShape extends BulkTable {
  /** The tables that its rows refer to. */
  refersTo: readonly string[];
}

/** What differs between the engines for who moves a whole database: imports, exports, backups. */
export interface MovingDialect {
  /** The tables of the schema, without those that the migrations keep for themselves. */
  tables(x: Executor): Promise<TableShape[]>;
  /** All rows of the table, some at a time; where rows are numbered, in that order. Within a transaction. */
  readRows(x: Executor, table: BulkTable): AsyncIterable<BulkRow[]>;
  /** The largest number ever given to a row of the tables that never give one twice. */
  lastNumbers(x: Executor): Promise<Array<{ table: string; last: number }>>;
  /** From now on rows of the table are numbered above `least`, and above those that are there. */
  continueNumbers(x: Executor, table: BulkTable['name'], least: number): Promise<void>;
  /** Inserts rows with the numbers that they bring; those whose key is taken stay out. */
  restoreRows(x: Executor, table: BulkTable, rows: readonly BulkRow[]): Promise<void>;
  /** Readies the connection of a transaction for very many rows. */
  expectManyRows(x: Executor): Promise<void>;
  /** To be called after very many rows have come: what is known of the tables' contents is renewed. */
  analyse(x: Executor): Promise<void>;
  /** What the engine finds damaged; empty when all is well or when it cannot tell. */
  damages(x: Executor): Promise<string[]>;
  /** The engine with its version, and its clock in epoch milliseconds when that is not this machine's. */
  about(x: Executor): Promise<{ version: string; clock?: number }>;
}
