import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { findBinaries } from '../harness/postgres/binaries.ts';
import { startPostgres } from '../harness/postgres/server.ts';
import { unprivilegedUser } from '../harness/postgres/unprivileged-user.ts';
import { cleanUpAfterFile, killAtExit } from './cleanup.ts';
import { makeTempFolder } from './temp-folder.ts';

const START_TRIES = 100;

/** A PostgreSQL of the test's own, which it may kill. */
export interface OwnPostgres {
  /** Of an empty database. */
  url: string;
  /** SIGKILL, and waits until the process is gone. */
  kill9(): Promise<void>;
  /** Starts it again on the same data and port, and waits until it takes connections. */
  restart(): Promise<void>;
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
  const folder = makeTempFolder('postgres');
  chmodSync(folder, 0o711);
  const user = unprivilegedUser();
  const server = await startPostgres(findBinaries(user, folder), folder, user);
  let child: ChildProcess = server.child;
  const { spawnfile, spawnargs } = child;
  const kill9 = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  killAtExit(() => child.kill('SIGKILL'));
  cleanUpAfterFile(kill9);
  return {
    url: server.url,
    kill9,
    async restart() {
      for (let tries = 0; tries < START_TRIES; tries += 1) {
        // It refuses to start as long as processes of the one before are there.
        if (child.exitCode !== null || child.signalCode !== null)
          child = spawn(spawnfile, spawnargs.slice(1), { ...user, cwd: folder, stdio: 'ignore' });
        if (await answers(server.url)) return;
        await delay(50);
      }
      throw new Error('PostgreSQL does not start again');
    },
  };
}
