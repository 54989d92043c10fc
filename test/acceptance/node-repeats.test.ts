import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { forEachEngine } from '../helpers/engines.ts';
import { call, login } from '../helpers/http.ts';
import { type ApiNode, checkout, createNode, history, makeUser } from '../helpers/nodes.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const AT_ONCE = 12;

forEachEngine(
  'repeated creations',
  (engine) => {
    let server: TestServer;
    let alice: string;
    let bob: string;

    before(async () => {
      server = await startServer({ engine });
      const admin = await login(server, server.admin.username, server.admin.password);
      alice = await makeUser(server, admin, 'alice');
      bob = await makeUser(server, admin, 'bob');
    });

    const post = (token: string, json: unknown, headers: Record<string, string>) =>
      call<ApiNode>(server, 'POST', '/latest/node', { token, json, headers });

    test('Idempotency-Key: a repeat, also at the same moment, gets the first answer', async () => {
      const headers = { 'idempotency-key': 'first' };
      const answers = await Promise.all(
        Array.from({ length: AT_ONCE }, () => post(alice, checkout({ name: 'once' }), headers)),
      );
      assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
      assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
      assert.equal((await history(server, answers[0]?.body.id ?? '')).length, 1);
      const other = await post(bob, checkout({ name: 'once' }), headers);
      assert.notEqual(other.body.id, answers[0]?.body.id, 'the key is the own one of each user');
    });

    test('Idempotency-Key: another request under the same key is refused', async () => {
      const headers = { 'idempotency-key': 'second' };
      await post(alice, checkout({ name: 'one' }), headers);
      const answer = await post(alice, checkout({ name: 'two' }), headers);
      assert.equal(answer.status, 422);
      assert.match(answer.text, /Idempotency-Key/);
    });

    test('Idempotency-Key: the first answer outlives a crash', async () => {
      const headers = { 'idempotency-key': 'third' };
      const first = await post(alice, checkout(), headers);
      await server.kill9();
      await server.restart();
      const again = await post(alice, checkout(), headers);
      assert.equal(again.text, first.text);
    });

    test('Idempotency-Key: a refused request leaves the key free', async () => {
      const headers = { 'idempotency-key': 'fourth' };
      assert.equal((await post(alice, checkout({ user_groups: ['nope'] }), headers)).status, 400);
      assert.equal((await post(alice, checkout(), headers)).status, 200);
    });

    test('Kci-Node-Key: two schedulers create the same job once', async () => {
      const parent = (await createNode(server, alice)).id;
      const job = { kind: 'job', name: 'baseline', path: ['checkout', 'baseline'], parent };
      const headers = { 'kci-node-key': 'baseline:lava-a:qemu:0' };
      const tokens = Array.from({ length: AT_ONCE }, (_, i) => (i % 2 ? alice : bob));
      const answers = await Promise.all(tokens.map((token) => post(token, job, headers)));
      assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
      const ids = new Set(answers.map(({ body }) => body.id));
      assert.equal(ids.size, 1);
      const [id] = ids as Set<string>;
      const located = answers.filter(({ headers: h }) => h.get('location') === `/latest/node/${id}`);
      assert.equal(located.length, AT_ONCE - 1);
      assert.equal((await history(server, id as string)).length, 1);
    });

    test('Kci-Node-Key: another parent is another node, and the existing node is answered as it is now', async () => {
      const [one, two] = [await createNode(server, alice), await createNode(server, alice)];
      const headers = { 'kci-node-key': 'same' };
      const job = (parent: string) => ({ kind: 'job', name: 'j', path: ['j'], parent });
      const first = await post(alice, job(one.id), headers);
      const second = await post(alice, job(two.id), headers);
      assert.notEqual(first.body.id, second.body.id);
      await call(server, 'PATCH', `/latest/node/${first.body.id}`, {
        token: alice,
        json: { result: 'pass' },
      });
      assert.equal((await post(bob, job(one.id), headers)).body.result, 'pass');
    });

    test('keys that are empty or endless are refused by name', async () => {
      for (const [name, value] of [
        ['Idempotency-Key', 'x'.repeat(256)],
        ['Kci-Node-Key', 'x'.repeat(256)],
        ['Kci-Node-Key', ''],
      ] as const) {
        const answer = await post(alice, checkout(), { [name]: value });
        assert.equal(answer.status, 422);
        assert.ok(answer.text.includes(name), answer.text);
      }
    });
  },
  { ownProcess: true },
);
