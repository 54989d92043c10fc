import { StoreUnavailable } from '../../errors.ts';
import { TimeLimitExceeded } from '../../node-query/reading.ts';
import { name, sql } from '../../node-query/sql.ts';
import type { ReadConnection } from '../../readers/read-connection.ts';
import { openPool } from './pool.ts';
import { isRetryable, translateError } from './translate-error.ts';

const CANCELLED = '57014';
const CONNECTIONS = 4;
/** How long a statement of a read may wait for one of its connections. */
const QUEUE_MS = 15_000;
/**
 * Indexes are in memory or on disks without arms: going by them is cheaper than the defaults believe. Compiling a
 * statement takes longer than most of ours run.
 */
const SETTINGS = 'set random_page_cost = 1.1; set jit = off';

interface Explained {
  'QUERY PLAN': Array<{ Plan: { 'Plan Rows': number } }>;
}

/** Whether the time limit has ended the statement, not somebody else. */
const isTimeout = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  error.code === CANCELLED &&
  !error.message.includes('user request');

/**
 * Connections for reading nodes in a thread of its own, so that slow reads leave those of other work free. A
 * statement ends by itself after `limitMs`.
 */
export function openPostgresReads(url: string, limitMs: number): ReadConnection {
  // A broken connection is told by the statement that needed it.
  const ignore = () => undefined;
  const pool = openPool(url, ignore, {
    max: CONNECTIONS,
    connectionTimeoutMillis: QUEUE_MS,
    statement_timeout: limitMs,
    onConnect: async (client) => {
      await client.query(SETTINGS);
    },
  });
  const query = async (text: string, values: readonly unknown[]) =>
    (await pool.query(text, [...values])).rows;
  return {
    // Statistics are kept, and asking them is quicker than to count more.
    means: { probes: [500], stepRows: 4096, sliceRows: null, plainMicros: 2000 },
    source: {
      query: (statement) =>
        query(
          statement.text((n) => `$${n}`),
          statement.values,
        ),
      from: (table) => name(table),
      apart: sql`offset 0`,
      contains: (text, part) => sql`strpos(${text}, ${part}) > 0`,
      expectedRows: async (statement) => {
        const text = `explain (format json) ${statement.text((n) => `$${n}`)}`;
        const [explained] = (await query(text, statement.values)) as Explained[];
        return explained?.['QUERY PLAN'][0]?.Plan['Plan Rows'] ?? null;
      },
    },
    translateError: (error) => {
      // A read by itself is in nobody's way but that of a replica's recovery, which ends it for that.
      if (isRetryable(error)) return new StoreUnavailable(String(error), { cause: error });
      return isTimeout(error) ? new TimeLimitExceeded(limitMs / 1000) : translateError(error);
    },
    close: () => pool.end(),
  };
}
