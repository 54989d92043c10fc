import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { addAccount, adminToken, type Detail, type Problem } from '../helpers/accounts.ts';
import { type Engine, forEachEngine } from '../helpers/engines.ts';
import { publish } from '../helpers/events.ts';
import {
  dataOf,
  type FeedEntry,
  type FeedPage,
  feedCall,
  logEnd,
  readAll,
  readFeed,
} from '../helpers/feed.ts';
import { call } from '../helpers/http.ts';
import { uniqueName } from '../helpers/kci-workspace.ts';
import { type ApiNode, checkout, createNode } from '../helpers/nodes.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const KEYS = ['timestamp', 'sequence_id', 'channel', 'owner', 'data', 'id'];

function setUp(engine: Engine) {
  const at = {} as { server: TestServer; admin: string };
  before(async () => {
    at.server = await startServer({ engine });
    at.admin = await adminToken(at.server);
  });
  return at;
}

forEachEngine('the feed', (engine) => {
  const at = setUp(engine);
  const tell = (channel: string, ...data: unknown[]) =>
    data.reduce<Promise<void>>(
      (before, item) => before.then(() => publish(at.server, at.admin, channel, item)),
      Promise.resolve(),
    );

  test('goes on from position to position, every entry once and in order', async () => {
    const channel = uniqueName('paged');
    const all = Array.from({ length: 23 }, (_, n) => ({ n }));
    await tell(channel, ...all);
    const { entries, pages } = await readAll(at.server, { channel, limit: 5 });
    assert.deepEqual(dataOf(entries), all);
    assert.ok(pages.every(({ items }) => items.length <= 5));
    const ids = entries.map(({ sequence_id }) => sequence_id);
    assert.deepEqual(
      ids,
      [...new Set(ids)].sort((a, b) => a - b),
    );
    assert.equal(pages[0]?.next, ids[4]);
  });

  test('gives entries as /events does, with what the publisher said of them', async () => {
    const channel = uniqueName('shape');
    await tell(channel, 'plain ☃\n\u2028');
    const attributes = { subject: 'x', n: 1, id: 'not this one' };
    for (const extra of [{ type: 'own.type' }, { source: 'https://example.org/', attributes }]) {
      const json = { data: { a: [1] }, ...extra };
      const path = `/latest/publish/${channel}`;
      assert.equal((await call(at.server, 'POST', path, { token: at.admin, json })).status, 200);
    }
    const events = await call<FeedEntry[]>(at.server, 'GET', `/latest/events?channel=${channel}`);
    const { items } = await readFeed(at.server, { channel });
    const own = [
      {},
      { type: 'own.type' },
      { source: 'https://example.org/', attributes: { subject: 'x', n: 1 } },
    ];
    assert.deepEqual(
      items,
      events.body.map((event, i) => ({ ...event, ...own[i] })),
    );
    assert.deepEqual(Object.keys(items[0] ?? {}), KEYS);
    assert.equal(items[0]?.owner, 'admin');
  });

  test('begins at the end, or behind any position', async () => {
    const channel = uniqueName('start');
    await tell(channel, 1, 2, 3);
    const end = await logEnd(at.server);
    assert.deepEqual(await readFeed(at.server, { channel, after: 'latest' }), {
      ...{ items: [], next: end, oldest: 0 },
    });
    const { items } = await readFeed(at.server, { channel });
    const [first] = items as [FeedEntry];
    const behind = await readFeed(at.server, { channel, after: first.sequence_id });
    assert.deepEqual(dataOf(behind.items), [2, 3]);
    assert.deepEqual((await readFeed(at.server, { channel, after: end })).items, []);
    await tell(channel, 4);
    assert.deepEqual(dataOf((await readFeed(at.server, { channel, after: end })).items), [4]);
  });

  test('has an entry for every node of a hierarchy', async () => {
    const after = await logEnd(at.server);
    const root = await createNode(at.server, at.admin, { kind: 'job', name: 'job', path: ['job'] });
    const leaf = (name: string) => ({
      node: { kind: 'test', name, path: ['job', name], state: 'done', result: 'pass' },
      child_nodes: [],
    });
    const json = { node: { ...root, state: 'done' }, child_nodes: [leaf('a'), leaf('b')] };
    const put = await call<ApiNode[]>(at.server, 'PUT', `/latest/nodes/${root.id}`, {
      ...{ token: at.admin, json },
    });
    assert.equal(put.status, 200, put.text);
    const told = async (query: Record<string, string | number>) =>
      (await readFeed(at.server, { channel: 'node', after, ...query })).items.map(
        ({ data }) => (data as { id: string }).id,
      );
    const [, a, b] = put.body as [ApiNode, ApiNode, ApiNode];
    assert.deepEqual(await told({}), [root.id, root.id, a.id, b.id]);
    assert.deepEqual(await told({ kind: 'test', result: 'pass' }), [a.id, b.id]);
    assert.deepEqual(await told({ node_id: b.id }), [b.id]);
  });

  describe('filters', () => {
    const channel = uniqueName('filtered');
    const DATA = [
      { n: 1, kind: 'job', name: 'build', state: 'done', result: 'pass', path: ['checkout', 'build'] },
      { n: 2, kind: 'job', name: 'boot', state: 'running', group: 'g', data: { arch: 'arm64' } },
      { n: 3, kind: 'test', name: 'login', op: 'created', tags: ['x', 'y'], data: { arch: 'x86_64' } },
      'text',
      { n: 5, kind: 'checkout', data: { arch: null, deep: [{ k: 1 }] } },
    ];
    let bob: string;

    before(async () => {
      await tell(channel, ...DATA);
      const account = await addAccount(at.server, at.admin);
      bob = account.username;
      await publish(at.server, account.token, channel, { n: 6 });
    });

    const CASES: [query: Record<string, string>, found: unknown[]][] = [
      [{ kind: 'job' }, [1, 2]],
      [{ kind: 'job', state: 'done' }, [1]],
      [{ result: 'pass' }, [1]],
      [{ name: 'login' }, [3]],
      [{ name__re: '^b' }, [1, 2]],
      [{ group: 'g' }, [2]],
      [{ op: 'created' }, [3]],
      [{ path: 'build' }, [1]],
      [{ n__gt: '2', n__lt: '6' }, [3, 5]],
      [{ n__in: '1,5,9' }, [1, 5]],
      [{ kind__ne: 'job', n__gte: '1' }, [3, 5, 6]],
      [{ 'data.arch': 'arm64' }, [2]],
      [{ 'data.arch__nin': 'arm64,x86_64', n__lte: '5' }, [1, 5]],
      [{ 'data.deep.k': '1' }, [5]],
      [{ tags: 'y' }, [3]],
      [{ nothing: 'x' }, []],
    ];
    for (const [query, found] of CASES) {
      test(JSON.stringify(query), async () => {
        const { items, next } = await readFeed(at.server, { channel, ...query });
        assert.deepEqual(
          items.map(({ data }) => (data as { n: number }).n),
          found,
        );
        assert.equal(next, await logEnd(at.server));
      });
    }

    test('by owner', async () => {
      const { items } = await readFeed(at.server, { channel, owner: bob });
      assert.deepEqual(dataOf(items), [{ n: 6 }]);
    });
  });

  describe('waiting', () => {
    test('ends with the first entry that is wanted', async () => {
      const channel = uniqueName('waited');
      const after = await logEnd(at.server);
      const waiting = readFeed(at.server, { channel, n__gt: 1, after, wait: 60 });
      await tell(uniqueName('other'), { n: 9 });
      await tell(channel, { n: 1 }, { n: 2 });
      const { items, next } = await waiting;
      assert.deepEqual(dataOf(items), [{ n: 2 }]);
      assert.equal(next, items[0]?.sequence_id);
    });

    test('does not begin when there is something already', async () => {
      const channel = uniqueName('there');
      await tell(channel, 1);
      assert.deepEqual(dataOf((await readFeed(at.server, { channel, wait: 60 })).items), [1]);
    });

    test('ends without an entry when its time is over, and has moved on', async () => {
      const after = await logEnd(at.server);
      const waiting = readFeed(at.server, { channel: uniqueName('none'), after, wait: 1.5 });
      await tell(uniqueName('other'), 1);
      const page = await waiting;
      assert.deepEqual(page.items, []);
      assert.equal(page.next, await logEnd(at.server));
    });

    test('sees nodes change', async () => {
      const after = await logEnd(at.server);
      const waiting = readFeed(at.server, { after, kind: 'checkout', op: 'created', wait: 60 });
      const node = await createNode(at.server, at.admin, checkout());
      const [entry] = (await waiting).items;
      assert.equal((entry?.data as ApiNode | undefined)?.id, node.id);
    });
  });

  describe('refuses', () => {
    const BAD: [query: Record<string, string>, status: number, named: string][] = [
      [{ limit: '0' }, 422, 'limit'],
      [{ limit: '1001' }, 422, 'limit'],
      [{ limit: 'many' }, 422, 'limit'],
      [{ limit: '1e9' }, 422, 'limit'],
      [{ wait: '-1' }, 422, 'wait'],
      [{ wait: '61' }, 422, 'wait'],
      [{ wait: 'long' }, 422, 'wait'],
      [{ after: '-1' }, 422, 'after'],
      [{ after: 'now' }, 422, 'after'],
      [{ after: '' }, 422, 'after'],
      [{ after: '1.5' }, 422, 'after'],
      [{ after: '9'.repeat(21) }, 422, 'after'],
      [{ after: '9007199254740993' }, 400, 'after'],
      [{ after: '99999999999999999999' }, 400, 'after'],
      [{ name__like: 'x' }, 400, 'name__like'],
      [{ path: '(' }, 400, 'path'],
      [{ name__re: '[' }, 400, 'name'],
      [{ created__gt: 'yesterday' }, 400, 'created'],
      [{ channel: 'a\0b' }, 422, 'channel'],
    ];
    for (const [query, status, named] of BAD) {
      test(`${JSON.stringify(query)} with ${status}`, async () => {
        const answer = await feedCall(at.server, query);
        assert.equal(answer.status, status, answer.text);
        const { detail } = answer.body as unknown as { detail: string | Problem[] };
        if (typeof detail === 'string') assert.match(detail, new RegExp(`^${named}`));
        else assert.deepEqual(detail[0]?.loc, ['query', named]);
      });
    }

    test('a position behind the end, however close', async () => {
      const answer = await feedCall(at.server, { after: (await logEnd(at.server)) + 1, wait: 60 });
      assert.equal(answer.status, 400);
      assert.match((answer.body as unknown as Detail).detail, /^after: \d+ is behind the end/);
    });
  });

  test('is for everybody, whatever token comes along', async () => {
    for (const token of [undefined, at.admin, 'nonsense']) {
      const { status } = await call<FeedPage>(at.server, 'GET', '/latest/feed?limit=1', {
        ...(token === undefined ? {} : { token }),
      });
      assert.equal(status, 200);
    }
  });

  test('answers HEAD without waiting', async () => {
    const { status, text } = await call(at.server, 'HEAD', '/latest/feed?after=latest&wait=60');
    assert.deepEqual([status, text], [200, '']);
  });
});
