import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

export interface Cluster {
  /** Of a superuser. */
  url: string;
  version: string;
  stop(): Promise<void>;
}

const INSTEAD = 'Set TEST_DATABASE_URL to the URL of a superuser to use a server that runs already.';

type Report = { url: string; pid: number; version: string } | { error: string };

/**
 * Starts a throw-away PostgreSQL cluster that lives no longer than this process.
 * @param folder an existing folder that other users can enter; it is removed with all that is in it
 * @throws Error that says what to do when there is no PostgreSQL
 */
export async function startCluster(folder: string): Promise<Cluster> {
  // A session of its own keeps Ctrl-C, which reaches all of the terminal's processes, from the keeper.
  const keeper = spawn(process.execPath, [path.join(import.meta.dirname, 'keeper.ts'), folder], {
    detached: true,
    env: withoutPostgresSettings(process.env),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  keeper.stdin.on('error', () => undefined);
  const closed = once(keeper, 'close');
  const [line] = await Promise.race([once(createInterface({ input: keeper.stdout }), 'line'), closed]);
  const report: Report = typeof line === 'string' ? JSON.parse(line) : { error: `it ended with ${line}` };
  if ('error' in report) {
    await closed;
    throw new Error(`no PostgreSQL for the tests: ${report.error.trim()}\n${INSTEAD}`);
  }
  let stopping = false;
  keeper.once('exit', () => {
    if (!stopping) killIfAlive(report.pid);
  });
  return {
    url: report.url,
    version: report.version,
    async stop() {
      stopping = true;
      keeper.stdin.end();
      await closed;
    },
  };
}

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGQUIT');
  } catch {
    // It has ended already.
  }
}

/** PGDATA, PGOPTIONS and their kin are about another server. */
function withoutPostgresSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('PG')));
}
