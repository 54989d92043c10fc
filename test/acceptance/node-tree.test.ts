import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { forEachEngine } from '../helpers/engines.ts';
import { call, login } from '../helpers/http.ts';
import { type ApiNode, createNode } from '../helpers/nodes.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

forEachEngine('the tree of a node', (engine) => {
  let server: TestServer;
  let token = '';
  const ids: Record<string, string> = {};
  const names = (nodes: readonly ApiNode[]) => nodes.map(({ name }) => name);
  const tree = (name: string, query = '') =>
    call<ApiNode[]>(server, 'GET', `/latest/node/${ids[name] ?? name}/tree${query}`);

  before(async () => {
    server = await startServer({ engine, env: { KCI_LIFECYCLE: 'off' } });
    token = await login(server, server.admin.username, server.admin.password);
    // Inserted breadth first, so that the order of the answer is not that of insertion.
    for (const [name, above] of [
      ['root', undefined],
      ['a', 'root'],
      ['b', 'root'],
      ['a1', 'a'],
      ['b1', 'b'],
      ['a2', 'a'],
      ['a1x', 'a1'],
      ['beside', undefined],
    ] as const) {
      const parent = above === undefined ? {} : { parent: ids[above] };
      ids[name] = (await createNode(server, token, { kind: 'process', name, path: ['x'], ...parent })).id;
    }
  });

  test('each node is followed by what is below it', async () => {
    const { body, status } = await tree('root');
    assert.equal(status, 200);
    assert.deepEqual(names(body), ['root', 'a', 'a1', 'a1x', 'a2', 'b', 'b1']);
    const one = await call<ApiNode>(server, 'GET', `/latest/node/${ids.a1x}`);
    assert.deepEqual(body[3], one.body);
    assert.deepEqual(names((await tree('a')).body), ['a', 'a1', 'a1x', 'a2']);
    assert.deepEqual(names((await tree('beside')).body), ['beside']);
  });

  test('down to a depth', async () => {
    assert.deepEqual(names((await tree('root', '?depth=0')).body), ['root']);
    assert.deepEqual(names((await tree('root', '?depth=1')).body), ['root', 'a', 'b']);
    assert.deepEqual(names((await tree('root', '?depth=2')).body), ['root', 'a', 'a1', 'a2', 'b', 'b1']);
    for (const depth of ['-1', '101', 'x', '1.5']) {
      const answer = await call<{ detail: Array<{ loc: string[] }> }>(
        server,
        'GET',
        `/latest/node/${ids.root}/tree?depth=${depth}`,
      );
      assert.equal(answer.status, 422);
      assert.deepEqual(answer.body.detail[0]?.loc, ['query', 'depth']);
    }
  });

  test('ids of no node', async () => {
    const unknown = await call<{ detail: string }>(
      server,
      'GET',
      '/latest/node/61bda8f2eb1a63d2b7152418/tree',
    );
    assert.equal(unknown.status, 404);
    assert.equal(unknown.body.detail, 'Node not found with id: 61bda8f2eb1a63d2b7152418');
    const malformed = await call<{ detail: string }>(server, 'GET', '/latest/node/nope/tree');
    assert.equal(malformed.status, 400);
    assert.match(malformed.body.detail, /'nope' is not a valid ObjectId/);
  });

  test('nodes that are each other’s parents are told once', async () => {
    const make = (name: string, parent?: string) =>
      createNode(server, token, { kind: 'process', name, path: ['x'], ...(parent ? { parent } : {}) });
    const one = await make('one');
    const two = await make('two', one.id);
    const json = { kind: 'process', name: 'one', path: ['x'], parent: two.id };
    assert.equal((await call(server, 'PUT', `/latest/node/${one.id}`, { token, json })).status, 200);
    const answer = await call<ApiNode[]>(server, 'GET', `/latest/node/${one.id}/tree?depth=100`);
    assert.deepEqual(names(answer.body), ['one', 'two']);
  });

  test('a tree that is too large is refused, and its upper levels are not', async () => {
    const top = await createNode(server, token, { kind: 'process', name: 'top', path: ['x'] });
    for (let part = 0; part < 3; part += 1) {
      const root = await createNode(server, token, {
        kind: 'process',
        name: `p${part}`,
        path: ['x'],
        parent: top.id,
      });
      const child = (i: number) => ({
        node: { kind: 'process', name: `c${i}`, path: ['x'] },
        child_nodes: [],
      });
      const json = {
        node: { kind: 'process', name: `p${part}`, path: ['x'], parent: top.id },
        child_nodes: Array.from({ length: 7000 }, (_, i) => child(i)),
      };
      const put = await call(server, 'PUT', `/latest/nodes/${root.id}`, { token, json });
      assert.equal(put.status, 200, put.text);
    }
    const refused = await call<{ detail: string }>(server, 'GET', `/latest/node/${top.id}/tree`);
    assert.equal(refused.status, 400);
    assert.match(refused.body.detail, /more than 20000 nodes: ask for less depth/);
    const upper = await call<ApiNode[]>(server, 'GET', `/latest/node/${top.id}/tree?depth=1`);
    assert.deepEqual(names(upper.body), ['top', 'p0', 'p1', 'p2']);
  });
});
