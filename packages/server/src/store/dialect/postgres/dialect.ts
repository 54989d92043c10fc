import { type Kysely, type RawBuilder, sql } from 'kysely';
import { ReferenceViolation, StoreUnavailable, UniqueViolation } from '../../errors.ts';
import type { Schema } from '../../schema.ts';
import type { Dialect } from '../dialect.ts';
import { insertRows, lockLog, reserveSeqs } from './bulk.ts';

const UNIQUE = '23505';
const FOREIGN_KEY = '23503';
/** Classes and codes of SQLSTATE that mean "not now": connection, resources, shutdown, start-up, time limits. */
const UNAVAILABLE = /^(08|53|57P|57014|55P03|25P03)/;
const NETWORK = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENOENT)/;
// The driver tells the end of a connection, and its own waiting limits, by text alone.
const CONNECTION_TEXT = /^(Connection terminated|timeout exceeded|Client has encountered a connection error)/;

const text = (error: Error, key: string): string => {
  const value = key in error ? (error as unknown as Record<string, unknown>)[key] : undefined;
  return typeof value === 'string' ? value : '';
};

function translateError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = text(error, 'code');
  if (code === UNIQUE) {
    // Unique indexes are named `uq__table__column`.
    const [, table, column] = text(error, 'constraint').split('__');
    return new UniqueViolation(`${table}.${column}`, { cause: error });
  }
  if (code === FOREIGN_KEY) return new ReferenceViolation(error.message, { cause: error });
  if (UNAVAILABLE.test(code) || NETWORK.test(code) || CONNECTION_TEXT.test(error.message)) {
    return new StoreUnavailable(error.message, { cause: error });
  }
  return error;
}

async function expectedRows(db: Kysely<Schema>, query: RawBuilder<unknown>): Promise<number | null> {
  const explained = await sql<Record<string, Explained[]>>`explain (format json) ${query}`.execute(db);
  return explained.rows[0]?.['QUERY PLAN']?.[0]?.Plan['Plan Rows'] ?? null;
}

interface Explained {
  Plan: { 'Plan Rows': number };
}

export const postgresDialect: Dialect = {
  name: 'postgres',
  serialType: 'bigint',
  serial: (column) => column.primaryKey().generatedAlwaysAsIdentity(),
  plainSerial: (column) => column.primaryKey().generatedByDefaultAsIdentity(),
  byteText: sql`text collate "C"`,
  coveringTail: ['seq'],
  lock: (query) => query.forUpdate(),
  insertRows,
  reserveSeqs,
  lockLog,
  from: (table) => sql.table(table),
  apart: sql`offset 0`,
  expectedRows,
  contains: (text, part) => sql`strpos(${text}, ${part}) > 0`,
  translateError,
};

/** Deadlocks and serialization failures: the same transaction may be tried again at once. */
export function isRetryable(error: unknown): boolean {
  return error instanceof Error && ['40001', '40P01'].includes(text(error, 'code'));
}
