import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { before, describe, test } from 'node:test';
import { adminToken } from '../helpers/accounts.ts';
import { killAtExit } from '../helpers/cleanup.ts';
import { onOneEngine } from '../helpers/engines.ts';
import { eventually } from '../helpers/eventually.ts';
import { call } from '../helpers/http.ts';
import { anonymousWorkspace, type KciWorkspace, kciWorkspace } from '../helpers/kci-workspace.ts';
import { type ApiNode, createNode } from '../helpers/nodes.ts';
import { collectOutput, exitOf, type ProcessOutput } from '../helpers/process-output.ts';
import { KCI_BIN } from '../helpers/project.ts';
import { commandEnvironment } from '../helpers/run-command.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { startTcpProxy } from '../helpers/tcp-proxy.ts';

const UNKNOWN = '61bda8f2eb1a63d2b7152499';

interface Watching {
  child: ChildProcess;
  output: ProcessOutput;
  exited: Promise<number | null>;
}

function startWatch({ cwd, home }: KciWorkspace, args: string[]): Watching {
  const child = spawn(process.execPath, [KCI_BIN, ...args, '--interval', '1s'], {
    cwd,
    env: commandEnvironment({ home }),
  });
  const forget = killAtExit(() => child.kill('SIGKILL'));
  return { child, output: collectOutput(child), exited: exitOf(child).finally(forget) };
}

const seen = ({ output }: Watching, text: string | RegExp) =>
  eventually(`kci prints ${text}`, () => (output.stdout + output.stderr).match(text) ?? undefined);

onOneEngine('kci node watch', (engine) => {
  let server: TestServer;
  let token: string;
  let kci: KciWorkspace;

  before(async () => {
    server = await startServer({ engine });
    token = await adminToken(server);
    kci = anonymousWorkspace(server);
  });

  const make = (extra: Record<string, unknown> = {}) =>
    createNode(server, token, { kind: 'job', name: 'a-job', path: ['a-job'], ...extra });
  const change = async ({ id }: ApiNode, json: Record<string, unknown>) => {
    const answer = await call<ApiNode>(server, 'PATCH', `/latest/node/${id}`, { token, json });
    assert.equal(answer.status, 200, answer.text);
    return answer.body;
  };
  const line = ({ updated }: ApiNode, rest: string) =>
    `${updated.slice(0, 19).replace('T', ' ')} UTC  a-job  ${rest}\n`;

  test('prints each change until the node is done', async () => {
    const node = await make();
    const watching = startWatch(kci, ['node', 'watch', node.id]);
    const lines = [line(node, 'running')];
    await seen(watching, 'running\n');
    lines.push(line(await change(node, { state: 'available' }), 'available'));
    await seen(watching, 'available\n');
    // A change of something else is none to tell of.
    await change(node, { debug: { x: 1 } });
    lines.push(line(await change(node, { result: 'incomplete' }), 'available: incomplete'));
    await seen(watching, 'available: incomplete\n');
    lines.push(line(await change(node, { state: 'done', result: 'pass' }), 'done: pass'));
    assert.equal(await watching.exited, 0);
    assert.deepEqual(watching.output, { stdout: lines.join(''), stderr: '' });
  });

  test('ends at once when the node is done, with a code for its result', async () => {
    const codes: [result: string | null, code: number, shown: string][] = [
      ['pass', 0, 'done: pass'],
      ['fail', 1, 'done: fail'],
      ['incomplete', 2, 'done: incomplete'],
      ['skip', 2, 'done: skip'],
      [null, 2, 'done'],
    ];
    for (const [result, expected, shown] of codes) {
      const node = await make({ state: 'done', result });
      const { code, stdout, stderr } = await kci.kci(['node', 'watch', node.id]);
      assert.deepEqual([code, stdout, stderr], [expected, line(node, shown), '']);
    }
  });

  test('gives up after the time that it is given', async () => {
    const node = await make();
    const { code, stdout, stderr } = await kci.kci([
      'node',
      'watch',
      node.id,
      '--timeout',
      '2s',
      '--interval',
      '1s',
    ]);
    assert.deepEqual([code, stdout], [2, line(node, 'running')]);
    assert.equal(stderr, `Error: node ${node.id} is not done yet\n`);
  });

  test('waits for an API that goes away and comes back', async () => {
    const { hostname: host, port } = new URL(server.url);
    const proxy = await startTcpProxy({ host, port: Number(port) });
    const node = await make();
    const url = `http://127.0.0.1:${proxy.port}`;
    const watching = startWatch(kciWorkspace(), ['--api-url', url, 'node', 'watch', node.id]);
    await seen(watching, 'running\n');
    proxy.cut();
    await seen(watching, /Warning: GET .*; still trying\n/);
    const done = await change(node, { state: 'done', result: 'fail' });
    proxy.mend();
    assert.equal(await watching.exited, 1);
    assert.equal(watching.output.stdout, line(node, 'running') + line(done, 'done: fail'));
    assert.match(watching.output.stderr, /^Warning: GET \S+: .*; still trying\nThe API answers again\.\n$/);
  });

  test('can be interrupted', async () => {
    const watching = startWatch(kci, ['node', 'watch', (await make()).id]);
    await seen(watching, 'running\n');
    watching.child.kill('SIGINT');
    assert.equal(await watching.exited, 130);
    assert.equal(watching.output.stderr, '');
  });

  test('fails with 2, so that no script takes it for a failed test', async () => {
    const failing: [args: string[], error: RegExp][] = [
      [[UNKNOWN], new RegExp(`^Error: there is no node ${UNKNOWN}\n$`)],
      [['xyz'], /^Error: HTTP 400 .*: 'xyz' is not a valid ObjectId/],
      [['..'], /^Error: '\.\.' is not an id\n/],
      [[UNKNOWN, '--interval', 'soon'], /It has to be a number with one of the units/],
      [[UNKNOWN, '--api-url', 'http://127.0.0.1:9'], /^Error: no answer: /],
      [[UNKNOWN, '--toml-settings', 'missing.toml'], /^Error: /],
    ];
    for (const [args, error] of failing) {
      const { code, stdout, stderr } = await kci.kci(['node', 'watch', ...args]);
      assert.deepEqual([code, stdout], [2, ''], stderr);
      assert.match(stderr, error);
    }
  });
});

describe('kci node watch without settings', () => {
  test('fails with 2', async () => {
    const { code, stderr } = await kciWorkspace().kci(['node', 'watch', UNKNOWN]);
    assert.equal(code, 2);
    assert.match(stderr, /^Error: no API is chosen\n/);
  });
});
