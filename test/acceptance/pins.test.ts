import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { adminToken } from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { eventually } from '../helpers/eventually.ts';
import { call } from '../helpers/http.ts';
import { uniqueName } from '../helpers/kci-workspace.ts';
import { type ApiNode, checkout, createNode, history, makeUser } from '../helpers/nodes.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

interface Pin {
  node_id: string;
  pinned: boolean;
  reason: string | null;
  user: string | null;
  created: string | null;
  detail?: string;
}

const UNKNOWN = '61bda8f2eb1a63d2b7152418';
const OLD = '2020-01-01T00:00:00';
const LONG_AGO = { KCI_HOUSEKEEPING_SECONDS: '1', NODE_PURGE_AGE_DAYS: '30' };

const pinCall = (server: TestServer, token: string | undefined, id: string, json: unknown) =>
  call<Pin>(server, 'PUT', `/latest/node/${id}/pin`, { ...(token === undefined ? {} : { token }), json });
const readPin = (server: TestServer, id: string) => call<Pin>(server, 'GET', `/latest/node/${id}/pin`);

forEachEngine('pins', (engine) => {
  let server: TestServer;
  let admin: string;
  let alice: string;
  const name = uniqueName('alice');

  before(async () => {
    server = await startServer({ engine });
    admin = await adminToken(server);
    alice = await makeUser(server, admin, name);
  });

  test('are set with a reason, changed, read by everybody, listed, and taken away', async () => {
    const node = await createNode(server, alice);
    const etag = (await call(server, 'GET', `/latest/node/${node.id}`)).headers.get('etag');
    const none = { node_id: node.id, pinned: false, reason: null, user: null, created: null };
    assert.deepEqual((await readPin(server, node.id)).body, none);
    const set = await pinCall(server, alice, node.id.toUpperCase(), { pinned: true, reason: 'baseline' });
    assert.equal(set.status, 200, set.text);
    assert.match(set.body.created ?? '', /^\d{4}-\d\d-\d\dT[\d:]+(\.\d{6})?$/);
    assert.deepEqual(
      { ...set.body, created: null },
      { node_id: node.id, pinned: true, reason: 'baseline', user: name, created: null },
    );
    assert.deepEqual((await readPin(server, node.id)).body, set.body);
    const again = await pinCall(server, admin, node.id, { pinned: true });
    assert.deepEqual([again.body.reason, again.body.user], [null, 'admin']);
    const other = await createNode(server, alice);
    await pinCall(server, alice, other.id, { pinned: true });
    const { body } = await call<{ items: Pin[]; total: number }>(server, 'GET', '/latest/pins?limit=1000');
    assert.equal(body.total, body.items.length);
    const own = body.items.filter(({ node_id: id }) => id === node.id || id === other.id);
    assert.deepEqual(
      own.map(({ node_id: id }) => id),
      [node.id, other.id],
    );
    assert.deepEqual(own[0], again.body);
    for (let n = 0; n < 2; n += 1) {
      const unset = await pinCall(server, alice, node.id, { pinned: false });
      assert.deepEqual([unset.status, unset.body], [200, none]);
    }
    assert.deepEqual((await readPin(server, node.id)).body, none);
    assert.equal((await history(server, node.id)).length, 1);
    assert.equal((await call(server, 'GET', `/latest/node/${node.id}`)).headers.get('etag'), etag);
    const page = await call<{ items: Pin[] }>(server, 'GET', '/latest/pins?limit=1&offset=100000');
    assert.deepEqual(page.body.items, []);
  });

  test('are for those who may edit the node', async () => {
    const node = await createNode(server, admin);
    assert.equal((await pinCall(server, undefined, node.id, { pinned: true })).status, 401);
    const refused = await pinCall(server, alice, node.id, { pinned: true });
    assert.deepEqual([refused.status, refused.body.detail], [401, 'Unauthorized to complete the operation']);
    await pinCall(server, admin, node.id, { pinned: true });
    assert.equal((await pinCall(server, alice, node.id, { pinned: false })).status, 401);
    assert.equal((await readPin(server, node.id)).body.pinned, true);
    const editor = await makeUser(server, admin, uniqueName('editor'), ['node:edit:any']);
    assert.equal((await pinCall(server, editor, node.id, { pinned: false })).status, 200);
  });

  test('need a node and a body of the right form', async () => {
    const node = await createNode(server, alice);
    assert.equal((await pinCall(server, alice, UNKNOWN, { pinned: true })).status, 404);
    assert.equal((await readPin(server, UNKNOWN)).status, 404);
    assert.equal((await pinCall(server, alice, 'nonsense', { pinned: true })).status, 400);
    assert.equal((await readPin(server, 'nonsense')).status, 400);
    for (const json of [
      {},
      { pinned: 'maybe' },
      { pinned: true, reason: 5 },
      { pinned: true, reason: 'a\nb' },
    ])
      assert.equal((await pinCall(server, alice, node.id, json)).status, 422, JSON.stringify(json));
    assert.equal((await readPin(server, node.id)).body.pinned, false);
  });
});

forEachEngine(
  'what pins keep',
  (engine) => {
    const job = (extra: Record<string, unknown>) => ({
      kind: 'job',
      name: 'job',
      path: ['job'],
      created: OLD,
      ...extra,
    });
    const isThere = async (server: TestServer, { id }: { id: string }) =>
      (await call<ApiNode | null>(server, 'GET', `/latest/node/${id}`)).body !== null;
    const goes = (server: TestServer, node: { id: string }) =>
      eventually(`${node.id} is gone`, async () => ((await isThere(server, node)) ? undefined : true));

    test('a pinned node, what is below and what is above it stay, what is beside it goes; unpinned, all goes', async () => {
      const off = await startServer({ engine, env: { KCI_HOUSEKEEPING_SECONDS: '3600' } });
      const token = await adminToken(off);
      const make = (parent: ApiNode) => createNode(off, token, job({ parent: parent.id }));
      const top = await createNode(off, token, checkout({ created: OLD }));
      const above = await make(top);
      const pinned = await make(above);
      const below = await make(pinned);
      const deep = await make(below);
      const [beside, besideBelow, alone] = [await make(above), await make(await make(top)), await make(top)];
      await pinCall(off, token, pinned.id, { pinned: true, reason: 'kept' });
      await pinCall(off, token, alone.id, { pinned: true });
      const server = await off.startSibling(LONG_AGO);
      await goes(server, beside);
      await goes(server, besideBelow);
      const late = await createNode(server, token, job({}));
      await goes(server, late);
      for (const node of [top, above, pinned, below, deep, alone]) assert.ok(await isThere(server, node));
      await pinCall(server, token, alone.id, { pinned: false });
      await goes(server, alone);
      await pinCall(server, token, pinned.id, { pinned: false });
      for (const node of [above, pinned, below, deep]) await goes(server, node);
      assert.ok(await isThere(server, top));
    });

    test('a pin that is acknowledged holds, also while nodes are being removed', async () => {
      const off = await startServer({ engine, env: { KCI_HOUSEKEEPING_SECONDS: '3600' } });
      const token = await adminToken(off);
      const child = { node: job({ kind: 'test' }), child_nodes: [] };
      const roots = await Promise.all(
        Array.from({ length: 12 }, async () => {
          const root = await createNode(off, token, job({}));
          const json = { node: job({}), child_nodes: Array.from({ length: 60 }, () => child) };
          await call(off, 'PUT', `/latest/nodes/${root.id}`, { token, json });
          return root;
        }),
      );
      const server = await off.startSibling(LONG_AGO);
      const below = async (id: string) =>
        (await call<number>(server, 'GET', `/latest/count?parent=${id}`)).body;
      const held: Array<{ id: string; children: number }> = [];
      for (const { id } of roots) {
        await new Promise((resolve) => setTimeout(resolve, 60));
        const { status } = await pinCall(server, token, id, { pinned: true });
        if (status === 200) held.push({ id, children: await below(id) });
        else assert.equal(status, 404);
      }
      const late = await createNode(server, token, job({}));
      await goes(server, late);
      for (const { id, children } of held) {
        assert.ok(await isThere(server, { id }));
        assert.equal(await below(id), children);
      }
    });
  },
  { ownProcess: true },
);
