import path from 'node:path';
import { cleanUpAfterFile } from './cleanup.ts';
import { createDatabase } from './databases.ts';
import type { Engine } from './engines.ts';
import { cleanEnvironment } from './process-output.ts';
import { type RunningServer, runningServer } from './running-server.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';
import { makeTempFolder } from './temp-folder.ts';

export interface ServerOptions {
  engine: Engine;
  /** Added to, or replacing, the environment that the helper sets. */
  env?: Record<string, string>;
}

export interface TestServer {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  url: string;
  engine: Engine;
  /** Only on PostgreSQL. */
  databaseUrl?: string;
  dataDir: string;
  env: Readonly<Record<string, string>>;
  admin: { username: string; password: string };
  readonly pid: number;
  /** What all processes of this server have logged (stderr) so far. */
  logs(): string;
  /** What all processes of this server have printed (stdout) so far. */
  output(): string;
  /** SIGTERM; answers the exit code, null when it died of a signal. Stopping twice answers the same. */
  stop(): Promise<number | null>;
  /** SIGKILL, and waits until the process is gone. */
  kill9(): Promise<void>;
  /** Stops it if it still runs and starts it again with the same data on the same port. */
  restart(): Promise<void>;
  /** A second instance on the same database and data folder, on another port. */
  startSibling(env?: Record<string, string>): Promise<TestServer>;
}

/** Starts a real server on a fresh data folder or database; everything goes away when the test file ends. */
export async function startServer(options: ServerOptions): Promise<TestServer> {
  const running = runningServer();
  if (running !== undefined) return attach(running, options);
  const dataDir = path.join(makeTempFolder('server'), 'data');
  const env: Record<string, string> = {
    ...cleanEnvironment(),
    HOME: path.dirname(dataDir),
    KCI_PORT: '0',
    KCI_DATA_DIR: dataDir,
    KCI_INITIAL_PASSWORD: 'initial-admin-password',
  };
  if (options.engine === 'postgres') env.DATABASE_URL = (await createDatabase()).url;
  return startWith(options.engine, { ...env, ...options.env }, dataDir);
}

async function startWith(engine: Engine, env: Record<string, string>, dataDir: string): Promise<TestServer> {
  const cwd = path.dirname(dataDir);
  const processes: [ServerProcess, ...ServerProcess[]] = [await startServerProcess(env, cwd)];
  const current = () => processes[0];
  const end = async (signal: NodeJS.Signals) => {
    current().child.kill(signal);
    return current().exited;
  };
  cleanUpAfterFile(() => end('SIGKILL'));
  const { url } = current();
  return {
    url,
    engine,
    ...(env.DATABASE_URL === undefined ? {} : { databaseUrl: env.DATABASE_URL }),
    dataDir,
    env,
    admin: {
      username: env.KCI_INITIAL_ADMIN_USERNAME ?? 'admin',
      password: env.KCI_INITIAL_PASSWORD ?? '',
    },
    get pid() {
      return current().child.pid ?? 0;
    },
    logs: () => processes.map(({ output }) => output.stderr).join(''),
    output: () => processes.map(({ output }) => output.stdout).join(''),
    stop: () => end('SIGTERM'),
    async kill9() {
      await end('SIGKILL');
    },
    async restart() {
      await end('SIGTERM');
      processes.unshift(await startServerProcess({ ...env, KCI_PORT: new URL(url).port }, cwd));
    },
    startSibling: (extra) => startWith(engine, { ...env, KCI_PORT: '0', ...extra }, dataDir),
  };
}

function attach(running: RunningServer, options: ServerOptions): TestServer {
  const impossible = (): never => {
    throw new Error('this test needs a server process of its own: unset KCI_TEST_URL');
  };
  if (options.env !== undefined) impossible();
  return {
    ...running,
    engine: 'running',
    dataDir: '',
    env: {},
    get pid() {
      return impossible();
    },
    logs: impossible,
    output: impossible,
    stop: async () => 0,
    kill9: impossible,
    restart: impossible,
    startSibling: impossible,
  };
}
