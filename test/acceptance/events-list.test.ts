import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { adminToken, type Detail } from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { publish } from '../helpers/events.ts';
import { call } from '../helpers/http.ts';
import { uniqueName } from '../helpers/kci-workspace.ts';
import { type ApiNode, checkout, createNode, makeUser } from '../helpers/nodes.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { runSql } from '../helpers/sql.ts';

interface Entry {
  timestamp: string;
  sequence_id: number;
  channel: string;
  owner: string;
  data: Record<string, unknown>;
  id: string;
  node?: ApiNode;
}

const KEYS = ['timestamp', 'sequence_id', 'channel', 'owner', 'data', 'id'];

forEachEngine(
  'the list of events',
  (engine) => {
    let server: TestServer;
    let alice: string;
    let bob: string;
    const job = (name: string, extra: Record<string, unknown> = {}) => ({
      ...{ kind: 'job', name, path: ['checkout', 'kbuild', name], group: `${name}-group` },
      ...{ data: { platform: 'qemu', runtime: 'lava-a', version: { patchlevel: 3 } }, ...extra },
    });

    before(async () => {
      server = await startServer({ engine });
      const admin = await adminToken(server);
      alice = await makeUser(server, admin, 'alice');
      bob = await makeUser(server, admin, 'bob');
      await createNode(server, alice, checkout());
      const one = await createNode(server, alice, job('one'));
      await createNode(server, bob, job('two', { data: { platform: 'rpi', runtime: 'lava-b' } }));
      await call(server, 'PATCH', `/latest/node/${one.id}`, {
        token: alice,
        json: { state: 'done', result: 'pass' },
      });
      await publish(server, alice, 'chan', { kind: 'job', n: 1 });
      await publish(server, alice, 'chan', 'text');
    });

    const ask = (query: string) => call<Entry[]>(server, 'GET', `/latest/events?${query}`);
    async function list(query: string): Promise<Entry[]> {
      const { status, body, text } = await ask(query);
      assert.equal(status, 200, text);
      return body;
    }
    const told = (entries: Entry[]) =>
      entries.map(({ channel, data }) =>
        channel === 'node' ? `${data.name} ${data.op}` : JSON.stringify(data),
      );

    const ALL = [
      ...['checkout created', 'one created', 'two created', 'one updated'],
      ...['{"kind":"job","n":1}', '"text"'],
    ];
    const CASES: [query: string, found: string[]][] = [
      ['', ALL],
      ['limit=0', ALL],
      ['limit=2', ALL.slice(0, 2)],
      ['kind=job', ['one created', 'two created', 'one updated', '{"kind":"job","n":1}']],
      ['kind=job&channel=node', ['one created', 'two created', 'one updated']],
      ['channel=chan', ALL.slice(4)],
      ['channel=nothing', []],
      ['state=done', ['one updated']],
      ['result=pass&op=updated', ['one updated']],
      ['op=created', ALL.slice(0, 3)],
      ['name=two', ['two created']],
      ['group=one-group', ['one created', 'one updated']],
      ['owner=bob', ['two created']],
      ['owner=alice&kind=job&limit=1', ['one created']],
      ['path=kbuild', ['one created', 'two created', 'one updated']],
      ['path=%5Eo.e%24', ['one created', 'one updated']],
      ['data.platform__in=rpi,x', ['two created']],
      ['data.version.patchlevel__gt=2', ['one created', 'one updated']],
      ['previous_state=running', ['one updated']],
      ['from=2099-01-01T00:00:00', []],
      ['from=1970-01-01T00:00:00.000000&name=two', ['two created']],
    ];
    for (const [query, found] of CASES) {
      test(`?${query}`, async () => assert.deepEqual(told(await list(query)), found));
    }

    test('entries say what they are, and nothing else', async () => {
      for (const entry of await list('')) assert.deepEqual(Object.keys(entry), KEYS);
      const { body, headers } = await ask('limit=1');
      assert.match(headers.get('content-type') ?? '', /^application\/json/);
      assert.match(String(body[0]?.timestamp), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/);
    });

    test('by node, by id, by ids', async () => {
      const [first, second] = await list('name=one');
      assert.ok(first && second);
      const nodeId = String(first.data.id);
      assert.deepEqual(await list(`node_id=${nodeId}`), [first, second]);
      assert.deepEqual(await list(`data.id=${nodeId}`), [first, second]);
      assert.deepEqual(await list(`id=${first.id}`), [first]);
      assert.deepEqual(await list(`ids=${second.id},${first.id}`), [first, second]);
      assert.deepEqual(await list(`ids=${second.id}&op=created`), []);
      const refused: [query: string, detail: string][] = [
        [`id=${first.id}&ids=${second.id}`, 'Provide either id or ids, not both'],
        [`node_id=${nodeId}&data.id=${nodeId}`, 'Provide either node_id or data.id, not both'],
        ['id=zzz', 'Invalid id format'],
        [`ids=${first.id},zzz`, 'Invalid id format'],
        ['from=now', "Invalid 'from' parameter, must be an ISO 8601 datetime"],
        ['recursive=true', 'Recursive limit is too large, max is 1000'],
        ['recursive=false', 'Recursive limit is too large, max is 1000'],
        ['recursive=true&limit=1001', 'Recursive limit is too large, max is 1000'],
        ['recursive=true&limit=0', 'Recursive limit is too large, max is 1000'],
      ];
      for (const [query, detail] of refused) {
        const answer = await call<Detail>(server, 'GET', `/latest/events?${query}`);
        assert.deepEqual([answer.status, answer.body.detail], [400, detail], query);
      }
      for (const query of ['path=%5B', 'kind__foo=x']) assert.equal((await ask(query)).status, 400, query);
      for (const query of ['limit=x', 'limit=-1']) assert.equal((await ask(query)).status, 422, query);
    });

    test('recursive: each entry with its node as it is now; without it when it is none, or gone', async () => {
      const entries = await list('name=one&recursive=true&limit=10');
      const node = await call<ApiNode>(server, 'GET', `/latest/node/${entries[0]?.data.id}`);
      for (const entry of entries) {
        assert.deepEqual(Object.keys(entry), [...KEYS, 'node']);
        assert.deepEqual(entry.node, node.body);
      }
      for (const entry of await list('channel=chan&recursive=1&limit=10'))
        assert.deepEqual(Object.keys(entry), KEYS);
      const { id } = await createNode(server, alice, checkout({ name: 'gone' }));
      await createNode(server, alice, checkout({ name: 'behind' }));
      await runSql(server, 'DELETE FROM nodes WHERE id = $1', [id]);
      const [gone] = await list('name=gone&recursive=true&limit=10');
      assert.equal(gone?.data.id, id);
      assert.ok(gone && !('node' in gone));
    });

    test('going on behind the last moment misses nothing and repeats nothing', async () => {
      const channel = uniqueName('poll');
      const query = `channel=${channel}`;
      let from = '1970-01-01T00:00:00.000000';
      const seen: unknown[] = [];
      for (let n = 0; n < 5; n += 1) {
        await publish(server, alice, channel, n);
        const entries = await list(`${query}&from=${from}`);
        seen.push(...entries.map(({ data }) => data));
        from = entries.at(-1)?.timestamp ?? from;
        await delay(3);
      }
      assert.deepEqual(seen, [0, 1, 2, 3, 4]);
      assert.deepEqual(await list(`${query}&from=${from}`), []);
      // Other ways to say the same moment.
      assert.deepEqual(await list(`${query}&from=${from}Z`), []);
    });

    test('a hierarchy is one entry', async () => {
      const name = uniqueName('root');
      const root = await createNode(server, alice, checkout({ name }));
      const child_nodes = [{ node: { kind: 'test', name: `${name}-child`, path: ['t'] }, child_nodes: [] }];
      const json = { node: checkout({ name, state: 'done' }), child_nodes };
      await call(server, 'PUT', `/latest/nodes/${root.id}`, { token: alice, json });
      assert.deepEqual(told(await list(`name=${name}`)), [`${name} created`, `${name} updated`]);
      assert.deepEqual(await list(`name=${name}-child`), []);
    });

    test('many entries come in order, whole', async () => {
      const channel = uniqueName('many');
      const total = 1300;
      for (let n = 0; n < total; n += 50) {
        const some = Array.from({ length: 50 }, (_, m) => publish(server, bob, channel, { n: n + m }));
        await Promise.all(some);
      }
      const entries = await list(`channel=${channel}`);
      assert.equal(entries.length, total);
      const numbers = entries.map((entry) => entry.sequence_id);
      assert.deepEqual(
        numbers,
        numbers.toSorted((a, b) => a - b),
      );
      assert.equal(new Set(entries.map(({ data }) => data.n)).size, total);
      assert.equal((await list(`channel=${channel}&limit=1100`)).length, 1100);
      assert.deepEqual(
        (await list(`channel=${channel}&n__lt=3`)).map(({ data }) => data.n).toSorted(),
        [0, 1, 2],
      );
    });
  },
  { ownProcess: true },
);
