import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { cpuTime } from '../helpers/cpu-time.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { eventually } from '../helpers/eventually.ts';
import { call, login } from '../helpers/http.ts';
import { type ApiNode, createNode } from '../helpers/nodes.ts';
import { Random } from '../helpers/random.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const NODES = 40;
const TEXT_LENGTH = 200_000;
/** On texts of random a and b this takes about as many steps for each character as it repeats. */
const COSTLY = encodeURIComponent('[ab]*a[ab]{400}$');

forEachEngine(
  'costly queries',
  (engine) => {
    let server: TestServer;
    let first: ApiNode;
    const slow = `/latest/nodes?data.text__re=${COSTLY}`;

    before(async () => {
      server = await startServer({ engine, env: { KCI_QUERY_TIMEOUT_SECONDS: '2' } });
      const token = await login(server, server.admin.username, server.admin.password);
      const random = new Random(1);
      for (let i = 0; i < NODES; i += 1) {
        const text = Array.from({ length: TEXT_LENGTH }, () => random.pick(['a', 'b'])).join('');
        const body = { kind: 'process', name: `n${i}`, path: ['x'], data: { text: `${text}c` } };
        const node = await createNode(server, token, body);
        if (i === 0) first = node;
      }
    });

    test('end with 400 and what to do about it, and hold up no other request', async () => {
      let isOver = false;
      const costly = call<{ detail: string }>(server, 'GET', slow).finally(() => {
        isOver = true;
      });
      for (let i = 0; i < 5; i += 1) {
        assert.equal((await call<ApiNode>(server, 'GET', `/latest/node/${first.id}`)).body.id, first.id);
        const list = await call<{ total: number }>(server, 'GET', '/latest/nodes?name=n7&fields=id');
        assert.equal(list.body.total, 1);
      }
      assert.equal(isOver, false, 'they are answered while it goes on');
      const answer = await costly;
      assert.equal(answer.status, 400);
      assert.match(
        answer.body.detail,
        /longer than 2 seconds.*a condition on a field that has an index \(.*treeid/,
      );
      const count = await call<{ detail: string }>(server, 'GET', slow.replace('/nodes?', '/count?'));
      assert.equal(count.status, 400);
    });

    test('stop when their client goes away', async () => {
      const patient = await server.startSibling({ KCI_QUERY_TIMEOUT_SECONDS: '600' });
      const gone = new AbortController();
      const asked = fetch(patient.url + slow, { signal: gone.signal });
      const idleAt = cpuTime(patient.pid);
      await eventually('the query is at work', () =>
        Number(cpuTime(patient.pid)) - Number(idleAt) > 20 ? true : undefined,
      );
      gone.abort();
      await assert.rejects(asked, { name: 'AbortError' });
      await eventually('the server is idle again', async () => {
        const before = cpuTime(patient.pid);
        await delay(1500);
        return Number(cpuTime(patient.pid)) - Number(before) < 20 ? true : undefined;
      });
      assert.equal(await patient.stop(), 0);
    });

    test('a client that leaves in the middle of a long answer leaves nothing behind', async () => {
      for (let i = 0; i < 5; i += 1) {
        const gone = new AbortController();
        const response = await fetch(`${server.url}/latest/nodes/fast`, { signal: gone.signal });
        const reader = response.body?.getReader();
        const { value } = (await reader?.read()) ?? {};
        assert.ok(value && value.length > 0);
        gone.abort();
      }
      const head = await call(server, 'HEAD', '/latest/nodes/fast');
      assert.deepEqual([head.status, head.text, head.headers.get('content-length')], [200, '', null]);
      const whole = await call<ApiNode[]>(server, 'GET', '/latest/nodes/fast');
      assert.deepEqual(
        whole.body.map(({ name }) => name),
        Array.from({ length: NODES }, (_, i) => `n${i}`),
      );
      assert.doesNotMatch(server.logs(), /"level":(50|60)/);
    });
  },
  { ownProcess: true },
);
