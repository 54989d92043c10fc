import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { adminToken } from '../helpers/accounts.ts';
import { forEachEngine, onlyOn } from '../helpers/engines.ts';
import { listenTo, subscribe } from '../helpers/events.ts';
import { eventually } from '../helpers/eventually.ts';
import { call } from '../helpers/http.ts';
import { uniqueName } from '../helpers/kci-workspace.ts';
import { type ApiNode, checkout, createNode, history, makeUser } from '../helpers/nodes.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const PAST = '2024-01-02T03:04:05';
const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();

const readNode = async (server: TestServer, id: string) =>
  (await call<ApiNode>(server, 'GET', `/latest/node/${id}`)).body;

const become = (server: TestServer, { id }: { id: string }, state: string): Promise<ApiNode> =>
  eventually(`${id} is ${state}`, async () => {
    const node = await readNode(server, id);
    return node.state === state ? node : undefined;
  });

async function patch(server: TestServer, token: string, id: string, json: object): Promise<number> {
  return (await call(server, 'PATCH', `/latest/node/${id}`, { token, json })).status;
}

forEachEngine('the lifecycle of nodes', (engine) => {
  let server: TestServer;
  let admin: string;
  let bob: string;

  before(async () => {
    server = await startServer({ engine });
    admin = await adminToken(server);
    bob = await makeUser(server, admin, uniqueName('bob'));
  });

  test('a node whose timeout passes is done and incomplete, whoever owns it, and its channel tells so', async () => {
    const id = await subscribe(server, bob, 'node');
    const node = await createNode(
      server,
      bob,
      checkout({ timeout: inMs(1000), processed_by_kcidb_bridge: true }),
    );
    assert.equal(node.state, 'running');
    const done = await become(server, node, 'done');
    assert.deepEqual(
      [done.result, done.data.error_code, done.data.error_msg, done.processed_by_kcidb_bridge],
      ['incomplete', 'node_timeout', 'Node timed-out', false],
    );
    assert.deepEqual(done.data.kernel_revision, node.data.kernel_revision);
    assert.ok(Date.parse(`${done.updated}Z`) >= Date.parse(`${node.timeout}Z`));
    const told = (await listenTo(server, bob, id, 2)) as Record<string, unknown>[];
    assert.deepEqual(
      told.map(({ op, id: told, state, result, previous_state, previous_result }) => [
        op,
        told,
        state,
        result,
        previous_state,
        previous_result,
      ]),
      [
        ['created', node.id, 'running', null, undefined, undefined],
        ['updated', node.id, 'done', 'incomplete', 'running', null],
      ],
    );
  });

  test('a result that is there stays', async () => {
    const node = await createNode(
      server,
      bob,
      checkout({ state: 'available', result: 'pass', timeout: PAST }),
    );
    const done = await become(server, node, 'done');
    assert.deepEqual([done.result, done.data], ['pass', node.data]);
  });

  test('the change is a new version of the node: an ETag of before is refused', async () => {
    const node = await createNode(server, bob, checkout({ timeout: inMs(1500) }));
    const read = await call(server, 'GET', `/latest/node/${node.id}`);
    const etag = read.headers.get('etag') ?? '';
    await become(server, node, 'done');
    const headers = { 'If-Match': etag };
    const json = { result: 'pass' };
    const late = await call(server, 'PATCH', `/latest/node/${node.id}`, { token: bob, json, headers });
    assert.equal(late.status, 412);
    assert.equal((await readNode(server, node.id)).result, 'incomplete');
  });

  test('a holdoff ends in done, or in closing while anything below is open; then the tree closes from below', async () => {
    const held = checkout({ state: 'available', result: 'pass', holdoff: PAST });
    const alone = await createNode(server, bob, held);
    const top = await createNode(server, bob, checkout({ state: 'available', result: 'pass' }));
    const middle = await createNode(server, bob, checkout({ state: 'done', parent: top.id }));
    const low = await createNode(server, bob, checkout({ state: 'running', parent: middle.id }));
    const leaf = await createNode(server, bob, checkout({ parent: low.id }));
    assert.equal(await patch(server, bob, top.id, { holdoff: inMs(0) }), 200);
    assert.equal((await become(server, alone, 'done')).result, 'pass');
    await become(server, top, 'closing');
    await patch(server, bob, low.id, { state: 'closing', result: 'fail' });
    assert.equal((await readNode(server, top.id)).state, 'closing');
    await patch(server, bob, leaf.id, { state: 'done', result: 'skip' });
    assert.equal((await become(server, top, 'done')).result, 'pass');
    assert.deepEqual(
      [(await readNode(server, low.id)).state, (await readNode(server, low.id)).result],
      ['done', 'fail'],
    );
    const states = (await history(server, top.id)).map(({ data }) => [data.previous_state, data.state]);
    assert.deepEqual(states, [
      [undefined, 'available'],
      ['available', 'available'],
      ['available', 'closing'],
      ['closing', 'done'],
    ]);
  });

  test('a node closes also when what was below it ended in silence, or in one hierarchy', async () => {
    const top = await createNode(server, bob, checkout({ state: 'closing', result: 'pass' }));
    await become(server, top, 'done');
    const silent = await createNode(server, bob, checkout());
    const child = await createNode(server, bob, checkout({ parent: silent.id }));
    await patch(server, bob, silent.id, { state: 'closing' });
    const done = checkout({ state: 'done', result: 'pass', parent: silent.id });
    await call(server, 'PUT', `/latest/node/${child.id}?noevent=true`, { token: bob, json: done });
    await become(server, silent, 'done');
    const root = await createNode(server, bob, checkout());
    const json = { node: checkout({ state: 'closing' }), child_nodes: [{ node: done, child_nodes: [] }] };
    await call(server, 'PUT', `/latest/nodes/${root.id}`, { token: bob, json });
    await become(server, root, 'done');
  });

  test('clients that change a node at its moment lose nothing', async () => {
    const rounds = Array.from({ length: 20 }, async (_, n) => {
      const { id } = await createNode(server, bob, checkout({ timeout: inMs(300 + n * 5) }));
      const marks: Record<string, string> = {};
      for (let i = 0; (await readNode(server, id)).state !== 'done'; i += 1) {
        marks[`mark${i}`] = 'x';
        assert.equal(await patch(server, bob, id, { debug: { ...marks } }), 200);
      }
      assert.equal(await patch(server, bob, id, { artifacts: { log: 'https://h/log' } }), 200);
      const { debug, artifacts, result, data } = await readNode(server, id);
      assert.deepEqual(
        [debug, artifacts, result, data.error_code],
        [marks, { log: 'https://h/log' }, 'incomplete', 'node_timeout'],
      );
      const ends = (await history(server, id)).filter(
        ({ data: told }) => told.state === 'done' && told.previous_state === 'running',
      );
      assert.equal(ends.length, 1);
    });
    await Promise.all(rounds);
  });

  test('the metrics count what was done', async () => {
    const { text } = await call(server, 'GET', '/latest/metrics');
    for (const rule of ['timeout', 'holdoff', 'closing'])
      assert.match(text, new RegExp(`^kci_lifecycle_changes_total\\{rule="${rule}"\\} [1-9]`, 'm'));
  });
});

forEachEngine(
  'the lifecycle of nodes over starts and stops',
  (engine) => {
    test('switched off, nothing happens; switched on, what is due happens once', async () => {
      const server = await startServer({ engine, env: { KCI_LIFECYCLE: 'off' } });
      const token = await adminToken(server);
      const many = await Promise.all(
        Array.from({ length: 250 }, (_, n) =>
          createNode(server, token, checkout({ name: `n${n}`, timeout: PAST })),
        ),
      );
      const closing = await createNode(server, token, checkout({ state: 'closing' }));
      const held = await createNode(server, token, checkout({ state: 'available', holdoff: PAST }));
      await new Promise((resolve) => setTimeout(resolve, 1500));
      const open = await call<number>(server, 'GET', '/latest/count?state__ne=done');
      assert.equal(open.body, 252);
      const other = await server.startSibling({ KCI_LIFECYCLE: 'on' });
      for (const node of [...many, closing, held]) await become(other, node, 'done');
      for (const { id } of [...many, closing, held]) assert.equal((await history(other, id)).length, 2);
    });
  },
  { ownProcess: true },
);

onlyOn('postgres', 'several instances let time pass together', (engine) => {
  test('each node is changed once', async () => {
    const server = await startServer({ engine });
    const others = [await server.startSibling(), await server.startSibling()];
    const token = await adminToken(server);
    const moment = inMs(2000);
    const top = await createNode(server, token, checkout({ state: 'available', holdoff: inMs(1500) }));
    const nodes = await Promise.all(
      Array.from({ length: 150 }, (_, n) =>
        createNode(
          [server, ...others][n % 3] as TestServer,
          token,
          checkout({ parent: top.id, timeout: moment }),
        ),
      ),
    );
    await become(server, top, 'closing');
    for (const node of [...nodes, top]) await become(server, node, 'done');
    for (const { id } of nodes) assert.equal((await history(server, id)).length, 2);
    assert.equal((await history(server, top.id)).length, 3);
  });
});
