import { sql } from 'kysely';
import { ReferenceViolation, StoreUnavailable, UniqueViolation } from '../../errors.ts';
import type { Dialect } from '../dialect.ts';
import { insertRows, reserveSeqs } from './bulk.ts';

const BUSY = 5;
const FULL = 13;
const CONSTRAINT = 19;

// The extended result code keeps the primary one in its low byte.
const primaryCode = (error: Error): number | undefined =>
  'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;

function translateError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = primaryCode(error);
  if (code === BUSY || code === FULL) return new StoreUnavailable(error.message, { cause: error });
  if (code !== CONSTRAINT) return error;
  const unique = /^UNIQUE constraint failed: ([\w.]+)/.exec(error.message);
  if (unique?.[1]) return new UniqueViolation(unique[1], { cause: error });
  if (error.message.startsWith('FOREIGN KEY')) return new ReferenceViolation(error.message, { cause: error });
  return error;
}

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
  insertRows,
  reserveSeqs,
  // The one writer appends in the order in which it commits.
  lockLog: async () => undefined,
  from: (table, index) => {
    if (index === undefined) return sql.table(table);
    return index === null
      ? sql`${sql.table(table)} not indexed`
      : sql`${sql.table(table)} indexed by ${sql.ref(index)}`;
  },
  // Told the index, the engine has no choice left.
  apart: sql``,
  expectedRows: async () => null,
  contains: (text, part) => sql`instr(${text}, ${part}) > 0`,
  translateError,
};
