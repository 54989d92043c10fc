import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import path from 'node:path';
import { describe, test } from 'node:test';
import { killAtExit } from '../helpers/cleanup.ts';
import { call } from '../helpers/http.ts';
import { cleanEnvironment, collectOutput, exitOf } from '../helpers/process-output.ts';
import { PROJECT_ROOT } from '../helpers/project.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

/** `npm start` in a process group of its own, as a shell or a service manager starts it. */
async function npmStart() {
  const home = makeTempFolder('start');
  const env = { ...cleanEnvironment(), HOME: home, KCI_PORT: '0', KCI_DATA_DIR: path.join(home, 'data') };
  const child = spawn('npm', ['start'], {
    cwd: PROJECT_ROOT,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const group = -(child.pid ?? 0);
  const forget = killAtExit(() => process.kill(group, 'SIGKILL'));
  const output = collectOutput(child);
  const exited = exitOf(child).finally(forget);
  const ready = () => /^KernelCI API ready on (\S+)$/m.exec(output.stdout);
  while (ready() === null)
    await Promise.race([once(child.stdout, 'data'), exited.then(() => assert.fail(output.stderr))]);
  return { child, group, output, exited, url: ready()?.[1] ?? '' };
}

describe('npm start', () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    test(`ends well when npm gets ${signal}`, async () => {
      const { child, exited, url, output } = await npmStart();
      assert.equal((await call({ url }, 'GET', '/health')).status, 200);
      child.kill(signal);
      assert.equal(await exited, 0, output.stderr);
      await assert.rejects(fetch(url));
      assert.doesNotMatch(output.stderr, /npm error/);
    });

    // Ctrl-C and service managers signal all processes, and npm passes it on a second time.
    test(`ends well, with what is in flight answered, when npm and the server get ${signal}`, async () => {
      const { group, exited, url, output } = await npmStart();
      const request = await startRequest(url);
      process.kill(group, signal);
      await until(() => output.stderr.includes('"stopping"'));
      process.kill(group, signal);
      assert.match(await request.finish(), /^HTTP\/1\.1 [34]\d\d /);
      assert.equal(await exited, 0, output.stderr);
      await assert.rejects(fetch(url));
      assert.doesNotMatch(output.stderr, /npm error/);
    });
  }
});

/** A request that the server has begun to work on but cannot finish, since half of its body is missing. */
async function startRequest(url: string) {
  const { hostname, port, host } = new URL(url);
  const socket = connect(Number(port), hostname).setEncoding('utf8');
  const type = 'application/x-www-form-urlencoded';
  socket.write(`POST /latest/user/login HTTP/1.1\r\nHost: ${host}\r\nContent-Type: ${type}\r\n`);
  socket.write('Content-Length: 21\r\nExpect: 100-continue\r\n\r\nusername=a');
  const [first] = await once(socket, 'data');
  assert.match(String(first), /^HTTP\/1\.1 100 Continue/);
  return {
    async finish(): Promise<string> {
      socket.write('&password=b');
      const [answer] = await once(socket, 'data');
      socket.destroy();
      return String(answer);
    },
  };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}
