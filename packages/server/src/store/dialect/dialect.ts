import type { ColumnDefinitionBuilder, RawBuilder, SelectQueryBuilder } from 'kysely';

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
  /** One of `store/errors.ts` when the driver's error means that; the error itself otherwise. */
  translateError(error: unknown): unknown;
}
