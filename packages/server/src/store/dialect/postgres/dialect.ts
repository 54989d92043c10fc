import { sql } from 'kysely';
import type { Dialect } from '../dialect.ts';
import { appendRows, insertRows, reserveSeqs, updateRows } from './bulk.ts';
import { postgresMoving } from './moving.ts';
import { postgresPartitions } from './partitions/partitions.ts';
import { translateError } from './translate-error.ts';

export const postgresDialect: Dialect = {
  name: 'postgres',
  serialType: 'bigint',
  serial: (column) => column.primaryKey().generatedAlwaysAsIdentity(),
  plainSerial: (column) => column.primaryKey().generatedByDefaultAsIdentity(),
  byteText: sql`text collate "C"`,
  coveringTail: ['seq'],
  lock: (query) => query.forUpdate(),
  lockFree: (query) => query.forUpdate().skipLocked(),
  insertRows,
  updateRows,
  reserveSeqs,
  appendRows,
  moving: postgresMoving,
  partitions: postgresPartitions,
  // Dropped partitions give theirs back; of other tables vacuuming, which it does by itself, makes it usable again.
  giveSpaceBack: async () => false,
  translateError,
};
