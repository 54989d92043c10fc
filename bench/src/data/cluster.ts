import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import pg from 'pg';
import { findBinaries } from '../../../test/harness/postgres/binaries.ts';
import { type User, unprivilegedUser } from '../../../test/harness/postgres/unprivileged-user.ts';

export interface BenchCluster {
  /** Of a superuser. */
  url: string;
  stop(): Promise<void>;
}

const SUPERUSER = 'kernelci_bench';
/** PostgreSQL's own defaults but for what everybody sets on a machine of some gigabytes. Durable. */
const SETTINGS = [
  'shared_buffers=1GB',
  'max_wal_size=4GB',
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
];
const READY_WITHIN_MS = 60_000;
const POLL_MS = 50;

function initialize(binaries: string, data: string, user: User | undefined): void {
  const args = ['-D', data, '-U', SUPERUSER, '--auth=trust', '-E', 'UTF8', '--no-locale'];
  const { status, stdout, stderr, error } = spawnSync(path.join(binaries, 'initdb'), args, {
    ...user,
    cwd: path.dirname(data),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`initdb fails: ${error?.message ?? `${stdout}${stderr}`}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function untilReady(url: string, isRunning: () => boolean): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (!(await answers(url))) {
    if (!isRunning() || Date.now() > deadline)
      throw new Error('PostgreSQL for the benchmarks does not start');
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/**
 * Starts the PostgreSQL that is kept in the folder, made at the first call, on a free port of 127.0.0.1. Unlike that
 * of the tests it outlives a run, with its data, and has the settings of a server in use.
 */
export async function startBenchCluster(folder: string): Promise<BenchCluster> {
  const user = unprivilegedUser();
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
  if (user) chownSync(folder, user.uid, user.gid);
  const { folder: binaries } = findBinaries(user, folder);
  const data = path.join(folder, 'cluster');
  if (!existsSync(path.join(data, 'PG_VERSION'))) initialize(binaries, data, user);
  const port = await freePort();
  const args = ['-D', data, '-p', String(port), ...SETTINGS.flatMap((setting) => ['-c', setting])];
  const child = spawn(path.join(binaries, 'postgres'), args, { ...user, cwd: folder, stdio: 'ignore' });
  const exited = once(child, 'exit');
  // Ends with this process however that ends; what was committed is recovered at the next start.
  process.once('exit', () => child.kill('SIGQUIT'));
  const url = `postgres://${SUPERUSER}@127.0.0.1:${port}/postgres`;
  await untilReady(url, () => child.exitCode === null && child.signalCode === null);
  return {
    url,
    stop: async () => {
      child.kill('SIGINT');
      await exited;
    },
  };
}
