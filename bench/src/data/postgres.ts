import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { load } from '../load.ts';
import { parentOf } from '../machine/processes.ts';
import { startBenchCluster } from './cluster.ts';
import type { DataSet, DataSets, DataSetsOptions } from './data-set.ts';
import { familyOf, nameOf, readNote, writeNote } from './made.ts';

const COPY = 'kci_bench_copy_';

async function ask<Row extends pg.QueryResultRow>(url: string, statement: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(statement)).rows;
  } finally {
    await client.end();
  }
}

function urlOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}

async function exists(server: string, database: string): Promise<boolean> {
  return (await ask(server, `select 1 from pg_database where datname = '${database}'`)).length > 0;
}

const drop = (server: string, database: string) =>
  ask(server, `drop database if exists "${database}" with (force)`);

async function dropAll(server: string, prefix: string): Promise<void> {
  const found = await ask<{ datname: string }>(
    server,
    `select datname from pg_database where starts_with(datname, '${prefix}')`,
  );
  for (const { datname } of found) await drop(server, datname);
}

/** The process that all of the server's others are children of; NaN unless it runs on this machine. */
async function serverProcess(server: string): Promise<number> {
  const [row] = await ask<{ pid: number; local: boolean }>(
    server,
    `select pid, coalesce(inet_client_addr() <<= '127.0.0.0/8', true) as local
     from pg_stat_activity where backend_type = 'checkpointer'`,
  );
  return row?.local ? parentOf(row.pid) : Number.NaN;
}

/** Data sets as databases of the given server, or of one whose data is in the cache folder. */
export async function postgresDataSets(
  options: DataSetsOptions & { databaseUrl: string | undefined },
): Promise<DataSets> {
  const given = options.databaseUrl;
  const place =
    given === undefined
      ? 'postgres'
      : `postgres-${createHash('sha256').update(given).digest('hex').slice(0, 8)}`;
  const folder = path.join(options.cache, place);
  mkdirSync(folder, { recursive: true });
  const cluster =
    given === undefined ? await startBenchCluster(folder) : { url: given, stop: async () => undefined };
  const { url: server } = cluster;
  const pid = await serverProcess(server);
  // A run that was killed has left them.
  await dropAll(server, COPY);
  let copies = 0;

  const provide = async (nodes: number): Promise<DataSet> => {
    const name = nameOf(nodes, options);
    const location = { engine: 'postgres', url: urlOf(server, name) } as const;
    const note = path.join(folder, `${name}.json`);
    let sample = options.fresh || !(await exists(server, name)) ? undefined : readNote(note);
    if (sample === undefined) {
      // What an earlier state of the sources made is of no use any more.
      await dropAll(server, familyOf(nodes));
      await ask(server, `create database "${name}"`);
      sample = await load(location, { nodes, seed: options.seed, days: options.days, until: Date.now() });
      // A server in use is vacuumed and analysed all the time.
      await ask(location.url, 'vacuum analyze');
      writeNote(note, sample);
    }
    const copy = async () => {
      copies += 1;
      const target = `${COPY}${copies}`;
      await ask(server, `create database "${target}" template "${name}"`);
      const dropCopy = async () => {
        await drop(server, target);
      };
      return { location: { engine: 'postgres', url: urlOf(server, target) } as const, drop: dropCopy };
    };
    return { engine: 'postgres', sample, location, copy };
  };

  return {
    provide,
    databasePid: pid,
    close: cluster.stop,
  };
}
