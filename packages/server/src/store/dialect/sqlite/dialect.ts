import { sql } from 'kysely';
import type { Dialect } from '../dialect.ts';
import { appendRows, insertRows, reserveSeqs, updateRows } from './bulk.ts';
import { giveSpaceBack } from './free-space.ts';
import { sqliteMoving } from './moving.ts';
import { translateError } from './translate-error.ts';

export const sqliteDialect: Dialect = {
  name: 'sqlite',
  serialType: 'integer',
  serial: (column) => column.primaryKey().autoIncrement(),
  plainSerial: (column) => column.primaryKey(),
  byteText: sql`text`,
  // Every index ends with the row's number as it is.
  coveringTail: [],
  // The one writer has the whole database to itself.
  lock: (query) => query,
  lockFree: (query) => query,
  insertRows,
  updateRows,
  reserveSeqs,
  appendRows,
  moving: sqliteMoving,
  partitions: null,
  giveSpaceBack,
  translateError,
};
