import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import {
  type Account,
  addAccount,
  adminToken,
  createToken,
  type Page,
  type Problem,
} from '../helpers/accounts.ts';
import { type ConsumerGroup, type GroupClient, groupClient, idsOf } from '../helpers/consumer-groups.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { publish } from '../helpers/events.ts';
import { eventually } from '../helpers/eventually.ts';
import { dataOf, type FeedEntry, logEnd, readFeed } from '../helpers/feed.ts';
import { call } from '../helpers/http.ts';
import { uniqueName } from '../helpers/kci-workspace.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/;
const KEYS = [
  ...['name', 'owner', 'channel', 'filter', 'visibility_seconds', 'max_deliveries', 'created'],
  ...['position', 'lag', 'pending', 'dead'],
];

forEachEngine('consumer groups', (engine) => {
  let server: TestServer;
  let admin: string;
  let alice: Account;
  let bob: Account;

  before(async () => {
    server = await startServer({ engine });
    admin = await adminToken(server);
    [alice, bob] = [await addAccount(server, admin), await addAccount(server, admin)];
  });

  /** A new group of Alice's on a channel of its own, and how to tell it something. */
  async function makeGroup(settings: Record<string, unknown> = {}) {
    const channel = uniqueName('channel');
    const group = groupClient(server, alice.token, uniqueName('group'));
    await group.put({ channel, ...settings });
    const tell = async (...data: unknown[]) => {
      for (const item of data) await publish(server, admin, channel, item);
    };
    return { channel, group, tell };
  }

  describe('their settings', () => {
    test('are the default ones unless they are given, and a group begins at the end of the log', async () => {
      await publish(server, admin, 'before', 1);
      const name = uniqueName('größe 1/2');
      const group = groupClient(server, alice.token, name);
      const { created, ...made } = await group.put();
      assert.match(created, TIME);
      const position = await logEnd(server);
      assert.deepEqual(made, {
        ...{ name, owner: alice.username, channel: null, filter: {} },
        ...{ visibility_seconds: 60, max_deliveries: 10, position, lag: 0, pending: 0, dead: 0 },
      });
      assert.deepEqual(Object.keys(await group.get()), KEYS);
      assert.deepEqual(await group.get(), { ...made, created });
    });

    test('can be changed, which moves nothing; what is not given is the default again', async () => {
      const { group, tell, channel } = await makeGroup({ visibility_seconds: 5, max_deliveries: 3 });
      await tell(1, 2);
      assert.equal((await group.claim({ limit: 1 })).items.length, 1);
      const before = await group.get();
      const changed = await group.put({ channel, filter: { n__gt: 5, flag: true }, start: 'oldest' });
      const filter = { n__gt: '5', flag: 'true' };
      assert.deepEqual(changed, { ...before, filter, visibility_seconds: 60, max_deliveries: 10 });
      await tell({ n: 9, flag: true }, { n: 9, flag: false });
      assert.deepEqual(dataOf((await group.claim()).items), [{ n: 9, flag: true }]);
    });

    test('say where a new group begins', async () => {
      const channel = uniqueName('begin');
      for (const n of [1, 2, 3]) await publish(server, admin, channel, n);
      const [first] = (await readFeed(server, { channel })).items as [FeedEntry];
      for (const [start, found] of [
        ['oldest', [1, 2, 3]],
        ['latest', []],
        [first.sequence_id, [2, 3]],
        [first.sequence_id - 1, [1, 2, 3]],
      ] as const) {
        const group = groupClient(server, alice.token, uniqueName('begin'));
        await group.put({ channel, start });
        assert.deepEqual(dataOf((await group.claim()).items), found, String(start));
      }
      const beyond = groupClient(server, alice.token, uniqueName('begin'));
      const { status, text } = await beyond.send('PUT', '', { start: (await logEnd(server)) + 1 });
      assert.equal(status, 400);
      assert.match(text, /behind the end/);
      assert.equal((await beyond.send('GET')).status, 404);
    });

    test('made by many at once are those of one group', async () => {
      const group = groupClient(server, alice.token, uniqueName('race'));
      const made = await Promise.all([1, 2, 3, 4].map(() => group.put({ channel: 'x' })));
      assert.equal(new Set(made.map(({ created }) => created)).size, 1);
    });
  });

  describe('their owners', () => {
    test('see their own groups, admins all', async () => {
      const mine = [uniqueName('a'), uniqueName('b'), uniqueName('c')];
      const carol = await addAccount(server, admin);
      for (const name of mine) await groupClient(server, carol.token, name).put();
      const list = async (token: string, query = '') =>
        (await call<Page<ConsumerGroup>>(server, 'GET', `/latest/feed/groups${query}`, { token })).body;
      const own = await list(carol.token);
      assert.deepEqual(
        own.items.map(({ name }) => name),
        mine,
      );
      assert.deepEqual([own.total, own.limit, own.offset], [3, 50, 0]);
      const part = await list(carol.token, '?limit=1&offset=1');
      assert.deepEqual([part.items[0]?.name, part.items.length, part.total], [mine[1], 1, 3]);
      const all = await list(admin, '?limit=1000');
      assert.ok(mine.every((name) => all.items.some((item) => item.name === name)));
      assert.ok(all.items.some(({ owner }) => owner === alice.username));
      assert.equal((await list((await addAccount(server, admin)).token)).total, 0);
    });

    test('alone use them; admins may look and remove', async () => {
      const { group } = await makeGroup();
      const { name } = await group.get();
      const uses: [method: string, rest: string, json?: unknown][] = [
        ['PUT', '', {}],
        ['POST', '/claim', {}],
        ['POST', '/ack', { sequence_ids: [] }],
        ['POST', '/release', { sequence_ids: [] }],
        ['POST', '/dead/retry', {}],
      ];
      const looks: typeof uses = [
        ['GET', ''],
        ['GET', '/dead'],
      ];
      for (const token of [bob.token, admin]) {
        for (const use of uses) {
          assert.equal((await groupClient(server, token, name).send(...use)).status, 403, use.join(' '));
        }
      }
      for (const look of looks) {
        assert.equal((await groupClient(server, bob.token, name).send(...look)).status, 403);
        assert.equal((await groupClient(server, admin, name).send(...look)).status, 200);
      }
      assert.equal((await groupClient(server, bob.token, name).send('DELETE')).status, 403);
      assert.equal((await groupClient(server, admin, name).send('DELETE')).status, 204);
      for (const request of [...uses.slice(1), ...looks, ['DELETE', ''] as [string, string]]) {
        assert.equal((await group.send(...request)).status, 404, request.join(' '));
      }
    });

    test('need a token with the events scope', async () => {
      const readOnly = (await createToken(server, alice, { scopes: 'read-only' })).access_token;
      const requests = [
        ['GET', '/feed/groups'],
        ['PUT', '/feed/groups/x'],
        ['POST', '/feed/groups/x/claim'],
        ['POST', '/feed/groups/x/dead/retry'],
      ] as const;
      for (const [method, path] of requests) {
        const json = method === 'GET' ? {} : { json: {} };
        assert.equal((await call(server, method, `/latest${path}`, json)).status, 401);
        const { status } = await call(server, method, `/latest${path}`, { ...json, token: readOnly });
        assert.equal(status, 403);
      }
    });

    test('take their groups with them', async () => {
      const dave = await addAccount(server, admin);
      const group = groupClient(server, dave.token, uniqueName('orphan'));
      await group.put({ start: 'oldest' });
      assert.ok((await group.claim({ limit: 1 })).items.length > 0);
      const { name } = await group.get();
      const deleted = await call(server, 'DELETE', `/latest/user/${dave.id}`, { token: admin });
      assert.equal(deleted.status, 200, deleted.text);
      assert.equal((await groupClient(server, admin, name).send('GET')).status, 404);
      assert.equal((await groupClient(server, alice.token, name).put()).owner, alice.username);
    });
  });

  describe('claiming', () => {
    test('gives each entry once, in order, and says how often it was given', async () => {
      const { group, tell, channel } = await makeGroup();
      await tell(...Array.from({ length: 13 }, (_, n) => n));
      await publish(server, admin, 'another', 'not for it');
      const first = await group.claim();
      assert.deepEqual(dataOf(first.items), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      assert.equal(first.missed, 0);
      const { items } = await readFeed(server, { channel });
      assert.deepEqual(
        first.items,
        items.slice(0, 10).map((entry) => ({ ...entry, delivery_count: 1 })),
      );
      assert.deepEqual(dataOf((await group.claim({ limit: 1000, worker: null })).items), [10, 11, 12]);
      assert.deepEqual(await group.claim(), { items: [], missed: 0 });
      const { pending, lag, position } = await group.get();
      assert.deepEqual({ pending, lag, position }, { pending: 13, lag: 0, position: await logEnd(server) });
    });

    test('by several workers at once gives no entry to two, and loses none', async () => {
      const { group, tell } = await makeGroup();
      const all = Array.from({ length: 150 }, (_, n) => n);
      const seen: unknown[] = [];
      const work = async (limit: number) => {
        while (seen.length < all.length) {
          const { items } = await group.claim({ limit, wait: 1 });
          seen.push(...dataOf(items));
          assert.ok(items.every(({ delivery_count }) => delivery_count === 1));
          assert.equal(await group.ack(idsOf(items)), items.length);
        }
      };
      await Promise.all([work(1), work(3), work(7), work(20), tell(...all)]);
      assert.deepEqual(
        seen.sort((a, b) => Number(a) - Number(b)),
        all,
      );
      assert.equal((await group.get()).pending, 0);
    });

    test('waits for an entry that is wanted', async () => {
      const { group, tell } = await makeGroup({ filter: { n__gt: 1 } });
      const waiting = group.claim({ wait: 60 });
      await tell({ n: 1 }, { n: 2 });
      assert.deepEqual(dataOf((await waiting).items), [{ n: 2 }]);
      assert.deepEqual(await group.claim({ wait: 0.2 }), { items: [], missed: 0 });
    });

    test('serves those who wait in turn', async () => {
      const { group, tell } = await makeGroup();
      const waiting = [1, 2, 3].map(() => group.claim({ limit: 1, wait: 60 }));
      await tell('a', 'b', 'c');
      const given = (await Promise.all(waiting)).map(({ items }) => items.map(({ data }) => data));
      assert.deepEqual(given.sort(), [['a'], ['b'], ['c']]);
    });

    test('is not kept waiting by others who wait', async () => {
      const { group, tell } = await makeGroup();
      const waiting = group.claim({ wait: 60 });
      assert.deepEqual((await group.claim()).items, []);
      await tell(1);
      assert.deepEqual(dataOf((await waiting).items), [1]);
    });

    test('ends when the group does', async () => {
      const { group } = await makeGroup();
      const waiting = group.send('POST', '/claim', { wait: 60 });
      assert.equal((await group.send('DELETE')).status, 204);
      assert.equal((await waiting).status, 404);
    });

    test('gives an entry to the next one when a client is gone', async () => {
      const { group, tell } = await makeGroup();
      const { name } = await group.get();
      const controller = new AbortController();
      const path = `${server.url}/latest/feed/groups/${name}/claim`;
      const headers = { Authorization: `Bearer ${alice.token}`, 'Content-Type': 'application/json' };
      const body = JSON.stringify({ wait: 60 });
      const gone = fetch(path, { method: 'POST', headers, body, signal: controller.signal });
      // Whoever is answered without waiting came after the one who waits.
      await group.claim();
      controller.abort();
      await assert.rejects(gone);
      await tell(1);
      const { items } = await group.claim({ wait: 60 });
      assert.deepEqual(
        items.map(({ data, delivery_count }) => [data, delivery_count]),
        [[1, 1]],
      );
    });
  });

  describe('what is claimed', () => {
    const taken = async (group: GroupClient, body: Record<string, unknown> = {}) =>
      (await group.claim({ wait: 60, ...body })).items.map(({ data, delivery_count }) => [
        data,
        delivery_count,
      ]);

    test('comes again, to anybody, when it is not acknowledged in time; the oldest first', async () => {
      const { group, tell } = await makeGroup({ visibility_seconds: 1 });
      await tell('a', 'b', 'c');
      const { items } = await group.claim();
      assert.equal(await group.ack(idsOf(items.slice(1, 2))), 1);
      for (const expected of ['a', 'c']) {
        const [entry] = (await group.claim({ limit: 1, wait: 60 })).items;
        assert.deepEqual([entry?.data, entry?.delivery_count], [expected, 2]);
        await group.ack([entry?.sequence_id ?? 0]);
      }
      assert.equal((await group.get()).pending, 0);
    });

    test('is nobody else’s until then', async () => {
      const { group, tell } = await makeGroup({ visibility_seconds: 86_400 });
      await tell('a');
      assert.deepEqual(await taken(group), [['a', 1]]);
      assert.deepEqual(await taken(group, { wait: 1.2 }), []);
      assert.equal((await group.get()).pending, 1);
    });

    test('is done when it is acknowledged, once, also when its time is over', async () => {
      const { group, tell } = await makeGroup({ visibility_seconds: 1 });
      await tell('a', 'b');
      const ids = idsOf((await group.claim()).items);
      await group.claim({ wait: 60 });
      assert.equal(await group.ack([...ids, ...ids, 1, 999_999]), 2);
      assert.equal(await group.ack(ids), 0);
      assert.deepEqual(await taken(group, { wait: 1.2 }), []);
      const { pending, dead } = await group.get();
      assert.deepEqual([pending, dead], [0, 0]);
    });

    test('can be given back, and goes to somebody who waits', async () => {
      const { group, tell } = await makeGroup();
      await tell('a', 'b');
      const ids = idsOf((await group.claim()).items);
      const waiting = taken(group, { limit: 1 });
      assert.equal(await group.release([...ids, 999_999]), 2);
      assert.deepEqual(await waiting, [['a', 2]]);
      assert.deepEqual(await taken(group), [['b', 2]]);
      await group.ack(ids);
      assert.equal(await group.release(ids), 0);
    });

    test('in large numbers is acknowledged and given back at once', async () => {
      const { group, tell } = await makeGroup();
      await tell(...Array.from({ length: 1100 }, (_, n) => n));
      const ids: number[] = [];
      while (ids.length < 1100) ids.push(...idsOf((await group.claim({ limit: 1000, wait: 60 })).items));
      assert.equal(await group.release(ids), 1100);
      assert.equal(await group.ack(ids), 1100);
    });
  });

  describe('dead letters', () => {
    const buried = async () => {
      const { group, tell } = await makeGroup({ visibility_seconds: 1, max_deliveries: 2 });
      await tell('a', 'b', 'c');
      await group.claim({ worker: 'first' });
      await group.claim({ worker: 'second ☃', wait: 60 });
      // The next one waits until their time is over, and does not get them.
      await group.claim({ worker: 'third', wait: 2.5 }).then(({ items }) => assert.deepEqual(items, []));
      return group;
    };

    test('are entries that were given often enough', async () => {
      const group = await buried();
      const { pending, dead } = await group.get();
      assert.deepEqual([pending, dead], [0, 3]);
      const { items, total } = await group.dead();
      assert.equal(total, 3);
      assert.deepEqual(
        items.map(({ data, delivery_count, worker }) => [data, delivery_count, worker]),
        ['a', 'b', 'c'].map((data) => [data, 2, 'second ☃']),
      );
      assert.match(items[0]?.died ?? '', TIME);
      const part = await group.dead('?limit=1&offset=1');
      assert.deepEqual([dataOf(part.items), part.total], [['b'], 3]);
    });

    test('come again when they are wanted to, some or all, as if for the first time', async () => {
      const group = await buried();
      const ids = idsOf((await group.dead()).items) as [number, number, number];
      const waiting = group.claim({ wait: 60 });
      assert.equal(await group.retry({ sequence_ids: [ids[1], 999_999] }), 1);
      const [entry] = (await waiting).items;
      assert.deepEqual([entry?.data, entry?.delivery_count], ['b', 1]);
      await group.ack([ids[1]]);
      assert.equal(await group.retry(), 2);
      assert.deepEqual(dataOf((await group.claim()).items), ['a', 'c']);
      assert.equal(await group.retry({}), 0);
    });

    test('can be acknowledged, and not given back', async () => {
      const group = await buried();
      const ids = idsOf((await group.dead()).items);
      assert.equal(await group.release(ids), 0);
      assert.equal(await group.ack(ids.slice(0, 1)), 1);
      assert.equal((await group.dead()).total, 2);
    });

    test('are there without anybody claiming, and in nobody’s way', async () => {
      const { group, tell } = await makeGroup({ visibility_seconds: 1, max_deliveries: 1 });
      await tell('a', 'b');
      assert.equal((await group.claim({ limit: 1 })).items.length, 1);
      await eventually('it is dead', async () => ((await group.get()).dead === 1 ? true : undefined));
      assert.deepEqual(dataOf((await group.dead()).items), ['a']);
      assert.deepEqual(dataOf((await group.claim({ limit: 1 })).items), ['b']);
    });
  });

  describe('refuse', () => {
    let group: GroupClient;
    before(async () => {
      ({ group } = await makeGroup());
    });
    const BAD: [method: string, rest: string, json: unknown, named: string][] = [
      ['PUT', '', { channel: '' }, 'channel'],
      ['PUT', '', { channel: 1 }, 'channel'],
      ['PUT', '', { filter: [] }, 'filter'],
      ['PUT', '', { filter: { n__like: '1' } }, 'filter n__like'],
      ['PUT', '', { filter: { n: { gt: 1 } } }, 'filter n'],
      ['PUT', '', { filter: { path: '(' } }, 'filter path'],
      ['PUT', '', { filter: { channel: 'x' } }, 'filter channel'],
      ['PUT', '', { filter: { created__gt: 'x' } }, 'filter created__gt'],
      ['PUT', '', { visibility_seconds: 0 }, 'visibility_seconds'],
      ['PUT', '', { visibility_seconds: 86_401 }, 'visibility_seconds'],
      ['PUT', '', { visibility_seconds: '60' }, 'visibility_seconds'],
      ['PUT', '', { max_deliveries: 0 }, 'max_deliveries'],
      ['PUT', '', { max_deliveries: 1001 }, 'max_deliveries'],
      ['PUT', '', { start: 'now' }, 'start'],
      ['PUT', '', { start: -1 }, 'start'],
      ['POST', '/claim', { limit: 0 }, 'limit'],
      ['POST', '/claim', { limit: 1001 }, 'limit'],
      ['POST', '/claim', { limit: '5' }, 'limit'],
      ['POST', '/claim', { wait: -1 }, 'wait'],
      ['POST', '/claim', { wait: 61 }, 'wait'],
      ['POST', '/claim', { worker: 'x'.repeat(201) }, 'worker'],
      ['POST', '/claim', { worker: 'a\0b' }, 'worker'],
      ['POST', '/ack', {}, 'sequence_ids'],
      ['POST', '/ack', { sequence_ids: 1 }, 'sequence_ids'],
      ['POST', '/ack', { sequence_ids: ['1'] }, 'sequence_ids 0'],
      ['POST', '/ack', { sequence_ids: [-1] }, 'sequence_ids 0'],
      ['POST', '/ack', { sequence_ids: [1.5] }, 'sequence_ids 0'],
      ['POST', '/ack', { sequence_ids: [1e30] }, 'sequence_ids 0'],
      ['POST', '/release', { sequence_ids: Array(10_001).fill(1) }, 'sequence_ids'],
      ['POST', '/release', { sequence_ids: null }, 'sequence_ids'],
      ['POST', '/dead/retry', { sequence_ids: [null] }, 'sequence_ids 0'],
    ];
    for (const [method, rest, json, named] of BAD) {
      test(`${method} ${rest} ${JSON.stringify(json).slice(0, 60)}`, async () => {
        const { status, body, text } = await group.send<{ detail: Problem[] }>(method, rest, json);
        assert.equal(status, 422, text);
        assert.equal(body.detail[0]?.loc.join(' '), `body ${named}`);
      });
    }

    test('names that nobody could write', async () => {
      for (const name of ['x'.repeat(201), ' x', 'a\nb', 'a\0b']) {
        const { status, body } = await groupClient(server, alice.token, name).send<{ detail: Problem[] }>(
          'PUT',
          '',
          {},
        );
        assert.equal(status, 422, JSON.stringify(name));
        assert.equal(body.detail[0]?.loc.join(' '), 'path name');
      }
    });

    test('pages that make no sense', async () => {
      for (const rest of ['/dead?limit=0', '/dead?limit=x', '/dead?offset=-1']) {
        assert.equal((await group.send('GET', rest)).status, 422, rest);
      }
      assert.equal((await group.dead('?limit=9007199254740991&offset=9007199254740991')).total, 0);
    });

    test('nothing else: the largest numbers are answered', async () => {
      const huge = Number.MAX_SAFE_INTEGER;
      assert.equal(await group.ack([0, huge]), 0);
      assert.equal(await group.release([huge]), 0);
      assert.equal(await group.retry({ sequence_ids: [huge] }), 0);
    });
  });
});
