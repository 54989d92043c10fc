import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { cleanEnvironment } from '../helpers/process-output.ts';
import { makeTestFile, startRunner } from './runner-process.ts';

const ENDLESS = `test('endless', async () => {
  const server = await startServer({ engine: 'postgres' });
  console.log('server ' + server.pid + ', temporary files in ' + process.env.TMPDIR);
  await new Promise((resolve) => setTimeout(resolve, 100_000));
});`;

/** A run with a cluster and a server of its own, that does not end by itself. */
async function startEndlessRun() {
  const runner = startRunner([makeTestFile(ENDLESS)], cleanEnvironment());
  const said = () => /server (\d+), temporary files in (\S+)\n/.exec(runner.output.stdout);
  await until(() => said() !== null);
  const [, server, temp = ''] = said() ?? [];
  const folder = path.dirname(temp);
  const postmaster = pidIn(path.join(folder, 'cluster/postmaster.pid'));
  const keeper = pidIn(path.join(folder, 'keeper.pid'));
  for (const pid of [Number(server), postmaster, keeper]) assert.ok(isAlive(pid));
  return { ...runner, folder, server: Number(server), postmaster, keeper };
}

function pidIn(file: string): number {
  return Number(readFileSync(file, 'utf8').split('\n')[0]);
}

/** A process that has ended but whose parent does not ask for its exit code is not alive. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const status = `/proc/${pid}/status`;
  return !existsSync(status) || !/^State:\s+[ZX]/m.test(readFileSync(status, 'utf8'));
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 50));
}

describe('the throw-away cluster and the servers on it', () => {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    test(`are gone after ${signal}`, async () => {
      const { child, exited, folder, server, postmaster, output } = await startEndlessRun();
      child.kill(signal);
      assert.equal(await exited, code);
      assert.match(
        output.stdout,
        new RegExp(`✖ interrupted by ${signal}[\\s\\S]*\\n\\d+ passed, [1-9]\\d* failed\\n$`),
      );
      // The system may take a moment to bury what has ended.
      await until(() => !isAlive(server) && !isAlive(postmaster) && !existsSync(folder));
    });
  }

  test('do not outlive a killed runner', async () => {
    const { child, exited, folder, server, postmaster } = await startEndlessRun();
    child.kill('SIGKILL');
    await exited;
    await until(() => !isAlive(postmaster) && !isAlive(server) && !existsSync(folder));
  });

  test('the cluster does not outlive its killed keeper', async () => {
    const { child, exited, folder, postmaster, keeper } = await startEndlessRun();
    process.kill(keeper, 'SIGKILL');
    await until(() => !isAlive(postmaster));
    child.kill('SIGTERM');
    assert.equal(await exited, 143);
    assert.equal(existsSync(folder), false);
  });
});
