import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import pg from 'pg';
import type { Binaries } from './binaries.ts';
import type { User } from './unprivileged-user.ts';

const START_ATTEMPTS = 5;
const READY_WITHIN_MS = 30_000;
const POLL_MS = 30;
const SUPERUSER = 'kernelci_test';

/** English collation and a time zone that nobody develops in, so that code which relies on either fails here. */
const LOCALES = [['--locale-provider=icu', '--icu-locale=en-US', '--locale=C'], ['--no-locale']];
const SETTINGS = ['timezone=Asia/Kathmandu', 'max_connections=300', 'shared_buffers=64MB'];

export interface PostgresServer {
  /** Of a superuser. */
  url: string;
  pid: number;
  child: ChildProcess;
}

/**
 * Makes a cluster in `folder` and starts it on a free port of 127.0.0.1, durable as in production (fsync).
 * @param folder must be enterable by `user`
 * @throws Error with PostgreSQL's own output
 */
export async function startPostgres(
  binaries: Binaries,
  folder: string,
  user: User | undefined,
): Promise<PostgresServer> {
  const password = randomBytes(16).toString('hex');
  const data = path.join(folder, 'cluster');
  initialize(binaries, folder, data, password, user);
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const url = `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/postgres`;
    const settings = [...SETTINGS, `port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories='];
    const args = ['-D', data, ...settings.flatMap((setting) => ['-c', setting])];
    const child = spawn(path.join(binaries.folder, 'postgres'), args, { ...user, cwd: folder });
    const output = await readyOrOutput(child, url);
    if (output === undefined) return { url, pid: child.pid ?? 0, child };
    // The port may have been taken in between.
    if (attempt === START_ATTEMPTS) throw new Error(`PostgreSQL does not start:\n${output}`);
  }
}

function initialize(
  binaries: Binaries,
  folder: string,
  data: string,
  password: string,
  user: User | undefined,
): void {
  const passwordFile = path.join(folder, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  mkdirSync(data, { mode: 0o700 });
  if (user !== undefined) for (const file of [passwordFile, data]) chownSync(file, user.uid, user.gid);
  const common = [
    '-D',
    data,
    '-U',
    SUPERUSER,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '-E',
    'UTF8',
    '-N',
  ];
  const failures: string[] = [];
  for (const locale of LOCALES) {
    const { status, stdout, stderr, error } = spawnSync(
      path.join(binaries.folder, 'initdb'),
      [...common, ...locale],
      { ...user, cwd: folder, encoding: 'utf8' },
    );
    if (status === 0) return;
    failures.push(error?.message ?? `${stdout}${stderr}`);
  }
  throw new Error(`initdb of ${binaries.version} fails:\n${failures.join('\n')}`);
}

/** @returns undefined once it takes connections, else what it printed before it ended */
async function readyOrOutput(child: ChildProcess, url: string): Promise<string | undefined> {
  let output = '';
  let ended = false;
  const note = (chunk: unknown) => {
    output = `${output}${chunk}`.slice(-10_000);
  };
  child.stdout?.on('data', note);
  child.stderr?.on('data', note);
  child.once('error', note);
  child.once('close', () => {
    ended = true;
  });
  for (const deadline = Date.now() + READY_WITHIN_MS; !ended; ) {
    if (await answers(url)) return undefined;
    if (Date.now() > deadline) {
      child.kill('SIGQUIT');
      return `${output}\nit does not answer within ${READY_WITHIN_MS} ms`;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return output;
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

/** At once, without writing anything back: the data is thrown away. */
export async function stopPostgres({ child }: PostgresServer): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill('SIGQUIT');
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await closed;
  clearTimeout(timer);
}
