import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { forEachEngine } from '../helpers/engines.ts';
import { call, login } from '../helpers/http.ts';
import { type ApiNode, createNode, history, makeUser } from '../helpers/nodes.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

interface Tree {
  node: Record<string, unknown>;
  child_nodes: Tree[];
}

const leaf = (name: string, extra: Record<string, unknown> = {}): Tree => ({
  node: { kind: 'test', name, path: ['job', name], state: 'done', result: 'pass', ...extra },
  child_nodes: [],
});

const job = { kind: 'job', name: 'job', path: ['job'], treeid: 'tree-7', submitter: 'service:x' };

forEachEngine('node hierarchies', (engine) => {
  let server: TestServer;
  let admin: string;
  let alice: string;

  before(async () => {
    server = await startServer({ engine, env: { KCI_LIFECYCLE: 'off' } });
    admin = await login(server, server.admin.username, server.admin.password);
    alice = await makeUser(server, admin, 'alice');
  });

  const put = (id: string, token: string, json: unknown) =>
    call<ApiNode[]>(server, 'PUT', `/latest/nodes/${id}`, { token, json });

  test('the answer is flat, root first, depth first; children take after the root and belong to the caller', async () => {
    const root = await createNode(server, alice, job);
    const inner: Tree = { ...leaf('a'), child_nodes: [leaf('a.1'), leaf('a.2')] };
    const node = { ...job, state: 'done', result: 'fail', data: { platform: 'p', extra: 1 } };
    const { status, body } = await put(root.id, admin, { node, child_nodes: [inner, leaf('b')] });
    assert.equal(status, 200);
    assert.deepEqual(
      body.map(({ name }) => name),
      ['job', 'a', 'a.1', 'a.2', 'b'],
    );
    const [first, a, a1] = body as [ApiNode, ApiNode, ApiNode];
    assert.deepEqual([first.id, first.owner, first.submitter], [root.id, 'alice', 'service:x']);
    assert.deepEqual([a.parent, a1.parent], [root.id, a.id]);
    assert.deepEqual([a1.owner, a1.treeid, a1.submitter], ['admin', 'tree-7', 'service:x']);
    assert.equal(first.data.extra, 1);
    assert.equal(first.data.error_code, null);
    for (const stored of body) {
      const read = await call<ApiNode>(server, 'GET', `/latest/node/${stored.id}`);
      assert.deepEqual(read.body, stored);
    }
  });

  test('one update tells of the root; the log has an entry for every node', async () => {
    const root = await createNode(server, alice, job);
    const { body } = await put(root.id, alice, { node: job, child_nodes: [leaf('x'), leaf('y')] });
    const updates = (await history(server, root.id)).slice(1);
    assert.equal(updates.length, 1);
    assert.deepEqual([updates[0]?.data.op, updates[0]?.data.is_hierarchy], ['updated', true]);
    for (const child of body.slice(1)) {
      const events = await history(server, child.id);
      assert.deepEqual(
        events.map(({ data }) => data.op),
        ['created'],
      );
    }
  });

  test('one wrong child, however deep, and nothing is written', async () => {
    const root = await createNode(server, alice, job);
    const wrong: Tree = { ...leaf('a'), child_nodes: [leaf('a.1', { data: { error_code: 'aliens' } })] };
    const answer = await put(root.id, alice, {
      node: { ...job, state: 'done' },
      child_nodes: [leaf('b'), wrong],
    });
    assert.equal(answer.status, 400);
    assert.match(answer.text, /error_code/);
    const read = await call<ApiNode>(server, 'GET', `/latest/node/${root.id}`);
    assert.deepEqual(read.body, { ...root });
    assert.equal((await history(server, root.id)).length, 1);
  });

  test('refused: another user, an unknown root, a missing child_nodes', async () => {
    const root = await createNode(server, admin, job);
    assert.equal((await put(root.id, alice, { node: job, child_nodes: [] })).status, 401);
    const unknown = await put('61bda8f2eb1a63d2b7152418', alice, { node: job, child_nodes: [] });
    assert.equal(unknown.status, 404);
    const missing = await put(root.id, admin, { node: job, child_nodes: [{ node: leaf('a').node }] });
    assert.equal(missing.status, 422);
    assert.match(missing.text, /child_nodes/);
  });

  test('ten thousand nodes at once', async () => {
    const root = await createNode(server, alice, job);
    const groups = Array.from({ length: 100 }, (_, g) => ({
      ...leaf(`g${g}`),
      child_nodes: Array.from({ length: 99 }, (_, t) => leaf(`g${g}.t${t}`, { data: { misc: { t } } })),
    }));
    const { status, body } = await put(root.id, alice, { node: job, child_nodes: groups });
    assert.equal(status, 200);
    assert.equal(body.length, 1 + 100 * 100);
    assert.equal(new Set(body.map(({ id }) => id)).size, body.length);
    const last = body.at(-1) as ApiNode;
    assert.deepEqual((await call(server, 'GET', `/latest/node/${last.id}`)).body, last);
  });

  test('a chain deeper than is sensible is refused clearly', async () => {
    const root = await createNode(server, alice, job);
    const depth = 5000;
    const open = '{"node":{"kind":"test","name":"t","path":["t"]},"child_nodes":[';
    const raw = open.repeat(depth) + ']}'.repeat(depth);
    const answer = await call(server, 'PUT', `/latest/nodes/${root.id}`, { token: alice, raw });
    assert.ok([400, 422].includes(answer.status), answer.text.slice(0, 200));
    assert.match(answer.text, /deep|depth|nested/i);
  });
});
