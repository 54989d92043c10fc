import pg from 'pg';

const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 60_000;
const IDLE_IN_TRANSACTION_MS = 60_000;

/** int8 as a number: what we store in it (times, sequences) stays below 2^53. */
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format),
} as pg.CustomTypesConfig;

export function openPool(url: string, onIdleError: (error: Error) => void, own: pg.PoolConfig = {}): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'kernelci-api',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    types,
    // Compiling a statement takes longer than ours run.
    onConnect: async (client) => {
      await client.query('set jit = off');
    },
    ...own,
  });
  // An idle connection that breaks is replaced by the pool; unheard, the error would end the process.
  pool.on('error', onIdleError);
  // The same for one that breaks while it is lent out, between two statements: the next statement fails and tells.
  pool.on('connect', (client) => client.on('error', onIdleError));
  return pool;
}
