import type { ColumnDefinitionBuilder, SelectQueryBuilder } from 'kysely';

/** All that differs between the engines, apart from how their connections are opened. */
export interface Dialect {
  readonly name: 'sqlite' | 'postgres';
  /** The type of a column that numbers rows in the order of their insertion. */
  readonly serialType: 'integer' | 'bigint';
  serial(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder;
  /** Keeps the selected rows from being changed by others until the transaction ends. */
  lock<DB, TB extends keyof DB, O>(query: SelectQueryBuilder<DB, TB, O>): SelectQueryBuilder<DB, TB, O>;
  /** One of `store/errors.ts` when the driver's error means that; the error itself otherwise. */
  translateError(error: unknown): unknown;
}
