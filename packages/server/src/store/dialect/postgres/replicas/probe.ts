import pg from 'pg';
import { openPool } from '../pool.ts';

/** Who takes longer to say how far he is does not answer. */
const ANSWER_MS = 5000;
const FORBIDDEN = '42501';

/** Where a server is in the log, and what it is. Positions are bytes since the beginning. */
export interface Place {
  isReplica: boolean;
  lsn: number;
}

/** `host:port/database`: what is said of a database where others read it. */
export function databaseLabel(url: string): string {
  const { host, port, database } = new pg.Client({ connectionString: url });
  return `${host}:${port}/${database}`;
}

/** One connection, made anew when it is broken, for asking a server about itself. */
export function openProbe(url: string, onBroken: () => void = () => undefined): pg.Pool {
  return openPool(url, onBroken, {
    max: 1,
    connectionTimeoutMillis: ANSWER_MS,
    query_timeout: ANSWER_MS,
    // It would be closed between two questions otherwise.
    idleTimeoutMillis: 0,
  });
}

async function askOne<Row extends pg.QueryResultRow>(probe: pg.Pool, statement: string): Promise<Row> {
  const [row] = (await probe.query<Row>(statement)).rows;
  if (row === undefined) throw new Error('no answer');
  return row;
}

/** Where the primary's log ends: what is committed is before. */
export async function endOfLog(probe: pg.Pool): Promise<number> {
  const statement = "select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint as lsn";
  return (await askOne<{ lsn: number }>(probe, statement)).lsn;
}

/** How far a replica has come: its data ends there. */
export function placeOf(probe: pg.Pool): Promise<Place> {
  return askOne<Place>(
    probe,
    `select pg_is_in_recovery() as "isReplica",
       coalesce(pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0'), 0)::bigint as lsn`,
  );
}

export async function isPaused(probe: pg.Pool): Promise<boolean> {
  return (await askOne<{ paused: boolean }>(probe, 'select pg_is_wal_replay_paused() as paused')).paused;
}

/** Which database it is: the same at a primary and its replicas. Undefined where that may not be asked. */
export async function identityOf(probe: pg.Pool): Promise<string | undefined> {
  const statement = `select system_identifier || '/' || d.oid as identity
    from pg_control_system(), pg_database d where d.datname = current_database()`;
  try {
    return (await askOne<{ identity: string }>(probe, statement)).identity;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === FORBIDDEN) return undefined;
    throw error;
  }
}

/** Why it must not be read instead of the primary, wherever it is in the log; undefined when it may. */
export function unfitness(place: Place, own: string | undefined, primary: string | undefined) {
  if (!place.isReplica) return 'it is not in recovery, so it is no replica';
  const isOther = own !== undefined && primary !== undefined && own !== primary;
  return isOther ? 'it is a replica of another database' : undefined;
}
