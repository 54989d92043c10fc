import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { DatabaseLocation } from '../../../packages/server/src/store/open.ts';

const BIN = path.resolve(import.meta.dirname, '../../../packages/server/bin/kernelci-api.mjs');
/** How the command's first line starts it: variables of the environment, and options of Node. */
const SHEBANG = /^#!\S+ -S ((?:\w+=\S+ )*)node (.*)$/m.exec(readFileSync(BIN, 'utf8')) ?? [];
const VARIABLES = (SHEBANG[1] ?? '')
  .trim()
  .split(' ')
  .map((assignment) => assignment.split('='));
const NODE_OPTIONS = SHEBANG[2]?.split(' ') ?? [];
const READY = /^KernelCI API ready on (http:\/\/\S+)$/;
const ADMIN = { username: 'admin', password: 'initial-admin-password' };
const STARTS_WITHIN_MS = 120_000;

export interface BenchServer {
  url: string;
  pid: number;
  /** Of an admin. */
  token: string;
  /** How long it took to start, in milliseconds. */
  startTime: number;
  /** Stopping twice does no harm. */
  stop(): Promise<void>;
}

function environment(location: DatabaseLocation, dataDir: string): Record<string, string> {
  return {
    ...Object.fromEntries(VARIABLES),
    PATH: process.env.PATH ?? '',
    KCI_PORT: '0',
    KCI_DATA_DIR: dataDir,
    KCI_INITIAL_PASSWORD: ADMIN.password,
    SECRET_KEY: 'the-same-for-every-run-of-the-benchmarks',
    DATABASE_URL: location.engine === 'sqlite' ? `sqlite:${location.file}` : location.url,
  };
}

async function readyUrl(child: ChildProcess, logFile: string): Promise<string> {
  const timer = setTimeout(() => child.kill('SIGKILL'), STARTS_WITHIN_MS);
  try {
    if (child.stdout) {
      for await (const line of createInterface({ input: child.stdout })) {
        const url = READY.exec(line)?.[1];
        if (url !== undefined) return url;
      }
    }
  } finally {
    clearTimeout(timer);
  }
  throw new Error(`the server does not start:\n${readFileSync(logFile, 'utf8').slice(-4000)}`);
}

async function logIn(url: string): Promise<string> {
  const answer = await fetch(`${url}/latest/user/login`, {
    method: 'POST',
    body: new URLSearchParams(ADMIN),
  });
  if (!answer.ok) throw new Error(`logging in answers ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { access_token: string }).access_token;
}

/**
 * Starts `kernelci-api serve` as a process of its own, with everything on and its log in a file.
 * @param profileDir where a processor profile of the server is left when it stops
 */
export async function startServer(location: DatabaseLocation, profileDir?: string): Promise<BenchServer> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kci-bench-'));
  const logFile = path.join(folder, 'log');
  const log = openSync(logFile, 'w');
  if (profileDir !== undefined) mkdirSync(profileDir, { recursive: true });
  const profiling = profileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`];
  const env = environment(location, path.join(folder, 'data'));
  const stdio = ['ignore', 'pipe', log] as const;
  const start = performance.now();
  const child = spawn(process.execPath, [...NODE_OPTIONS, ...profiling, BIN, 'serve'], {
    env,
    cwd: folder,
    stdio: [...stdio],
  });
  const exited = once(child, 'exit');
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  const kill = () => {
    child.kill('SIGKILL');
    removeFolder();
  };
  process.once('exit', kill);
  const clean = () => {
    process.off('exit', kill);
    closeSync(log);
    removeFolder();
  };
  try {
    const url = await readyUrl(child, logFile);
    child.stdout?.resume();
    const token = await logIn(url);
    let stopped: Promise<void> | undefined;
    const stop = () => {
      stopped ??= (async () => {
        child.kill('SIGTERM');
        await exited;
        clean();
      })();
      return stopped;
    };
    return { url, pid: child.pid ?? 0, token, startTime: performance.now() - start, stop };
  } catch (error) {
    kill();
    clean();
    throw error;
  }
}
