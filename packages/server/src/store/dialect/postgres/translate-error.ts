import { ReferenceViolation, StoreUnavailable, UniqueViolation } from '../../errors.ts';

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

/** One of `store/errors.ts` when the driver's error means that; the error itself otherwise. */
export function translateError(error: unknown): unknown {
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

/** Deadlocks and serialization failures: the same transaction may be tried again at once. */
export function isRetryable(error: unknown): boolean {
  return error instanceof Error && ['40001', '40P01'].includes(text(error, 'code'));
}
