import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { killAtExit } from './cleanup.ts';
import { eventually } from './eventually.ts';
import { call } from './http.ts';
import { createNode } from './nodes.ts';
import { collectOutput, type ProcessOutput } from './process-output.ts';
import { PROJECT_ROOT } from './project.ts';
import { commandEnvironment } from './run-command.ts';
import type { TestServer } from './server.ts';

/** A program of docs/examples that follows the jobs that end, killed and started again at will. */
export class Follower {
  readonly #command: string[];
  readonly #cwd: string;
  readonly #env: Record<string, string>;
  readonly #outputs: ProcessOutput[] = [];
  #child: ChildProcess | undefined;

  constructor(server: TestServer, options: { command: string[]; cwd: string }) {
    this.#command = options.command;
    this.#cwd = options.cwd;
    const bin = path.join(PROJECT_ROOT, 'node_modules/.bin');
    const env = commandEnvironment({ home: options.cwd });
    this.#env = { ...env, KCI_API: server.url, PATH: `${bin}${path.delimiter}${env.PATH}` };
  }

  start(): void {
    const [command = '', ...args] = this.#command;
    const child = spawn(command, args, { cwd: this.#cwd, env: this.#env, stdio: 'pipe', detached: true });
    killAtExit(() => child.kill('SIGKILL'));
    this.#outputs.push(collectOutput(child));
    this.#child = child;
  }

  /** Ends it, and what it has started, without warning. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined) return;
    const exited = once(child, 'exit');
    process.kill(-child.pid, 'SIGKILL');
    await exited;
  }

  /** All that it has printed, whenever it was started. */
  printed(): string {
    return this.#outputs.map(({ stdout }) => stdout).join('');
  }

  position(): string {
    return readFileSync(path.join(this.#cwd, 'position'), 'utf8');
  }
}

async function endJob(server: TestServer, token: string): Promise<string> {
  const body = { kind: 'job', name: 'baseline', path: ['baseline'], state: 'done', result: 'pass' };
  return (await createNode(server, token, body)).id;
}

/** Lets the program follow while it and the server are killed: it tells of every job. */
export async function followThroughKills(
  server: TestServer,
  token: string,
  options: { command: string[]; cwd: string },
): Promise<void> {
  const { body } = await call<{ next: number }>(server, 'GET', '/latest/feed?after=latest');
  writeFileSync(path.join(options.cwd, 'position'), String(body.next));
  const follower = new Follower(server, options);
  const seen = (id: string) =>
    eventually(`the program tells of ${id}`, () => follower.printed().includes(id) || undefined);

  follower.start();
  await seen(await endJob(server, token));
  await createNode(server, token, { kind: 'job', name: 'runs', path: ['runs'] });
  await follower.kill();
  const missed = [await endJob(server, token), await endJob(server, token)];
  follower.start();
  for (const id of missed) await seen(id);
  await server.kill9();
  await server.restart();
  await seen(await endJob(server, token));
  await follower.kill();
}
