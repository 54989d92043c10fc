import pg from 'pg';
import { eventually } from './eventually.ts';
import { runSql } from './sql.ts';

interface Database {
  dataDir: string;
  databaseUrl?: string;
}

type Table = 'events' | 'telemetry';

/** The partitions of the table with their bounds, as PostgreSQL tells them: `from to`. */
export async function partitionsOf(server: Database, table: Table): Promise<Record<string, string>> {
  const rows = await runSql(
    server,
    `select c.relname as name, pg_get_expr(c.relpartbound, c.oid) as bounds
     from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = '${table}'::regclass`,
  );
  const bounds = rows.map(({ name, bounds }): [string, string] => {
    const [, from = '', to = ''] = /^FOR VALUES FROM \((.*)\) TO \((.*)\)$/.exec(String(bounds)) ?? [];
    return [String(name), `${from} ${to}`.replaceAll("'", '')];
  });
  return Object.fromEntries(bounds);
}

/** Waits until there are so many partitions, and answers their bounds, in order. */
export async function boundsOf(server: Database, table: Table, count: number): Promise<string[]> {
  const lower = (bounds: string) => Number(bounds.split(' ')[0]?.replace('MINVALUE', '-1'));
  return eventually(`${count} partitions of ${table}`, async () => {
    const bounds = Object.values(await partitionsOf(server, table));
    return bounds.length === count ? bounds.sort((a, b) => lower(a) - lower(b)) : undefined;
  });
}

/** Where the rows of the table are: how many in each partition that has some. */
export async function placesOf(server: Database, table: Table): Promise<Record<string, number>> {
  const rows = await runSql(
    server,
    `select tableoid::regclass::text as name, count(*)::int as n from ${table} group by 1`,
  );
  return Object.fromEntries(rows.map(({ name, n }) => [String(name), Number(n)]));
}

/** The next entry of the log has this number. */
export async function numberNext(server: Database, seq: number): Promise<void> {
  await runSql(server, `select setval('events_seq_seq', ${seq - 1})`);
}

/** Reads the table, in a transaction that stays open until the function that is answered is called. */
export async function keepReading(server: Database, table: Table): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: server.databaseUrl });
  await client.connect();
  await client.query('begin');
  await client.query(`select 1 from ${table} limit 1`);
  return () => client.end();
}
