import { Kysely, PostgresDialect } from 'kysely';
import { TimeLimitExceeded } from '../../node-query/reading.ts';
import type { ReadConnection } from '../../readers/read-connection.ts';
import type { Schema } from '../../schema.ts';
import { postgresDialect } from './dialect.ts';
import { openPool } from './pool.ts';

const STATEMENT_TIMEOUT = '57014';
const CONNECTIONS = 4;
/** How long a statement of a read may wait for one of its connections. */
const QUEUE_MS = 15_000;
/**
 * Indexes are in memory or on disks without arms: going by them is cheaper than the defaults believe. Compiling a
 * statement takes longer than most of ours run.
 */
const SETTINGS = 'set random_page_cost = 1.1; set jit = off';

/**
 * Connections for reading nodes in a thread of its own, so that slow reads leave those of other work free. A
 * statement ends by itself after `limitMs`.
 */
export function openPostgresReads(url: string, limitMs: number): ReadConnection {
  // A broken connection is told by the statement that needed it.
  const ignore = () => undefined;
  const limits = { max: CONNECTIONS, connectionTimeoutMillis: QUEUE_MS, statement_timeout: limitMs };
  const pool = openPool(url, ignore, limits);
  pool.on('connect', (client) => {
    client.query(SETTINGS).catch(ignore);
  });
  const sql = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  return {
    // Statistics are kept, and asking them is quicker than to count.
    means: { x: { sql, dialect: postgresDialect }, probeEntries: 0, stepRows: 4096, plainMicros: 2000 },
    translateError: (error) => {
      const isTimeout = error instanceof Error && 'code' in error && error.code === STATEMENT_TIMEOUT;
      return isTimeout ? new TimeLimitExceeded(limitMs / 1000) : postgresDialect.translateError(error);
    },
  };
}
