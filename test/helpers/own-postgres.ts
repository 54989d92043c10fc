import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { findBinaries } from '../harness/postgres/binaries.ts';
import { freePort, startPostgres } from '../harness/postgres/server.ts';
import { type User, unprivilegedUser } from '../harness/postgres/unprivileged-user.ts';
import { cleanUpAfterFile, killAtExit } from './cleanup.ts';
import { copyCluster } from './copy-cluster.ts';
import { makeTempFolder } from './temp-folder.ts';

const START_TRIES = 200;

/** A PostgreSQL of the test's own, which it may kill. */
export interface OwnPostgres {
  /** Of an empty database, as a superuser. */
  url: string;
  /** SIGKILL, and waits until the process is gone. */
  kill9(): Promise<void>;
  /** Starts it again on the same data and port, and waits until it takes connections. */
  restart(): Promise<void>;
  /** Starts a standby that follows it, on a port of its own. */
  startStandby(): Promise<OwnPostgres>;
}

/** How a cluster's server is started. */
interface Command {
  url: string;
  file: string;
  /** Without the program's name; the folder of the data comes behind `-D`. */
  args: readonly string[];
  cwd: string;
  user: User | undefined;
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
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

/** Starts a cluster, durable as in production, that lives no longer than the test file. */
export async function startOwnPostgres(): Promise<OwnPostgres> {
  const cwd = newFolder();
  const user = unprivilegedUser();
  const { url, child } = await startPostgres(findBinaries(user, cwd), cwd, user);
  const { spawnfile: file, spawnargs } = child;
  return own({ url, file, args: spawnargs.slice(1), cwd, user }, child);
}

function newFolder(): string {
  const folder = makeTempFolder('postgres');
  chmodSync(folder, 0o711);
  return folder;
}

const start = ({ file, args, user, cwd }: Command): ChildProcess =>
  spawn(file, args, { ...user, cwd, stdio: 'ignore' });

const dataOf = ({ args }: Command): string => String(args[args.indexOf('-D') + 1]);

async function standbyOf(primary: Command): Promise<OwnPostgres> {
  const cwd = newFolder();
  const data = path.join(cwd, 'cluster');
  await copyCluster({ url: primary.url, from: dataOf(primary), to: data, owner: primary.user });
  const url = new URL(primary.url);
  url.port = String(await freePort());
  const args = primary.args.map((arg) => {
    if (arg === dataOf(primary)) return data;
    return arg.startsWith('port=') ? `port=${url.port}` : arg;
  });
  const command = { ...primary, url: url.href, args, cwd };
  const standby = own(command, start(command));
  await standby.restart();
  return standby;
}

function own(command: Command, first: ChildProcess): OwnPostgres {
  const { url } = command;
  let child = first;
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const kill9 = async () => {
    if (hasEnded()) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  killAtExit(() => child.kill('SIGKILL'));
  cleanUpAfterFile(kill9);
  return {
    url,
    kill9,
    async restart() {
      for (let tries = 0; tries < START_TRIES; tries += 1) {
        // It refuses to start as long as processes of the one before are there.
        if (hasEnded()) child = start(command);
        if (await answers(url)) return;
        await delay(50);
      }
      throw new Error('PostgreSQL does not start again');
    },
    startStandby: () => standbyOf(command),
  };
}
