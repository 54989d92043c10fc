import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { forEachEngine } from '../helpers/engines.ts';
import { type CallResult, call, login } from '../helpers/http.ts';
import { type ApiNode, createNode } from '../helpers/nodes.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const NODES = 25;

interface Page {
  items: ApiNode[];
  total: number | null;
  limit: number;
  offset: number;
}

/** The address that the answer's Link header gives as the next page, relative to the one that was asked. */
function nextOf(answer: CallResult<unknown>, path: string): string | undefined {
  const [, target] = /^<([^>]+)>; rel="next"$/.exec(answer.headers.get('link') ?? '') ?? [];
  if (target === undefined) return undefined;
  const url = new URL(target, `http://host${path}`);
  return url.pathname + url.search;
}

forEachEngine(
  'pages of nodes',
  (engine) => {
    let server: TestServer;
    let token = '';
    const names = (nodes: readonly ApiNode[]) => nodes.map(({ name }) => name);
    const get = <Body>(path: string) => call<Body>(server, 'GET', path);
    const create = (body: Record<string, unknown>) =>
      createNode(server, token, { kind: 'process', path: ['x'], ...body });

    before(async () => {
      server = await startServer({ engine, env: { KCI_LIFECYCLE: 'off' } });
      token = await login(server, server.admin.username, server.admin.password);
      for (let i = 0; i < NODES; i += 1) {
        await create({
          name: `n${i}`,
          group: i % 5 === 0 ? null : `g${i % 3}`,
          result: i % 4 === 0 ? null : ['pass', 'fail', 'skip'][i % 3],
          created: new Date(Date.UTC(2026, 0, 1 + ((i * 7) % 10))).toISOString(),
          data: { platform: i === 3 ? ['list'] : `p${i % 2}`, deep: { list: [{ a: i, b: 1 }], text: 'x' } },
        });
      }
    });

    /** All pages from the path on, as their Link headers lead through them. */
    async function follow(path: string, meanwhile: () => Promise<unknown> = async () => undefined) {
      const pages: string[][] = [];
      for (let at: string | undefined = path; at !== undefined; ) {
        const answer: CallResult<Page | ApiNode[]> = await get(at);
        assert.equal(answer.status, 200, answer.text);
        pages.push(names(Array.isArray(answer.body) ? answer.body : answer.body.items));
        at = nextOf(answer, at);
        await meanwhile();
      }
      return pages;
    }

    test('limit and offset', async () => {
      const all = names((await get<Page>('/latest/nodes')).body.items);
      assert.deepEqual(
        all,
        Array.from({ length: NODES }, (_, i) => `n${i}`),
      );
      const page = (await get<Page>('/latest/nodes?limit=10&offset=20')).body;
      assert.deepEqual(page, { ...page, total: NODES, limit: 10, offset: 20 });
      assert.deepEqual(Object.keys(page), ['items', 'total', 'limit', 'offset']);
      assert.deepEqual(names(page.items), all.slice(20));
      assert.deepEqual((await get<Page>('/latest/nodes?offset=1000000')).body.items, []);
      assert.deepEqual(
        names((await get<ApiNode[]>('/latest/nodes/fast?limit=0&offset=23')).body),
        all.slice(23),
      );
      assert.deepEqual(names((await get<ApiNode[]>('/latest/nodes/fast?limit=2')).body), all.slice(0, 2));
    });

    test('limits and offsets that are none', async () => {
      for (const [path, field] of [
        ['nodes?limit=0', 'limit'],
        ['nodes?limit=-1', 'limit'],
        ['nodes?limit=x', 'limit'],
        ['nodes?offset=-1', 'offset'],
        ['nodes/fast?limit=-1', 'limit'],
        ['nodes/fast?limit=1.5', 'limit'],
        ['nodes/fast?offset=x', 'offset'],
        ['nodes?total=many', 'total'],
        ['nodes?fields=nope', 'fields'],
        ['nodes?fields=id,,name', 'fields'],
        ['nodes?sort=created&sort=name', 'sort'],
        ['nodes?total=none&total=exact', 'total'],
      ] as const) {
        const answer = await get<{ detail: Array<{ loc: string[] }> }>(`/latest/${path}`);
        assert.equal(answer.status, 422, `${path}: ${answer.text}`);
        assert.deepEqual(answer.body.detail[0]?.loc, ['query', field]);
      }
      assert.equal((await get<Page>('/latest/nodes?limit=5&limit=2')).body.items.length, 2);
      assert.equal((await get('/latest/count?limit=0&offset=x&sort=zzz')).text, String(NODES));
    });

    for (const sort of [
      '',
      'created',
      '-created',
      'group',
      '-group',
      'result',
      '-data.platform',
      'kind',
      '-id',
    ]) {
      test(`every node is on one page of sort=${sort}`, async () => {
        const asked = sort === '' ? '' : `&sort=${sort}`;
        const whole = (await get<Page>(`/latest/nodes?limit=1000${asked}`)).body.items;
        const inOnePage = names(whole);
        assert.equal(new Set(inOnePage).size, NODES);
        for (const path of [
          `/latest/nodes?limit=4&total=none${asked}`,
          `/latest/nodes/fast?limit=4${asked}`,
        ]) {
          const pages = await follow(path);
          assert.deepEqual(pages.flat(), inOnePage);
          assert.equal(pages.length, Math.ceil(NODES / 4), 'no page is empty');
        }
        const field = sort.replace('-', '').split('.');
        const values = whole.map((node) =>
          field.reduce<unknown>((value, key) => (value as Record<string, unknown>)?.[key], node),
        );
        const texts = values.filter((value) => typeof value === 'string');
        const ordered = texts.toSorted();
        if (sort !== '') assert.deepEqual(texts, sort.startsWith('-') ? ordered.reverse() : ordered);
        // Without a value: first, and last when descending.
        const firstNull = values.indexOf(null);
        if (firstNull >= 0)
          assert.equal(
            firstNull,
            sort.startsWith('-') ? values.length - values.filter((v) => v === null).length : 0,
          );
      });
    }

    test('equal values stay in the order of insertion, and are turned around with it', async () => {
      const ascending = names((await get<Page>('/latest/nodes?sort=kind&limit=1000')).body.items);
      const descending = names((await get<Page>('/latest/nodes?sort=-kind&limit=1000')).body.items);
      assert.deepEqual(
        ascending,
        Array.from({ length: NODES }, (_, i) => `n${i}`),
      );
      assert.deepEqual(descending, ascending.toReversed());
    });

    test('nodes that are created while somebody pages neither repeat nor hide others', async () => {
      for (const sort of ['', '&sort=-created', '&sort=created', '&sort=-group']) {
        const before = names((await get<Page>(`/latest/nodes?limit=1000${sort}`)).body.items);
        let made = 0;
        const pages = await follow(`/latest/nodes?limit=7${sort}`, async () => {
          made += 1;
          await create({ name: `late${sort}${made}`, group: `g${made % 3}` });
          if (made === 1) await create({ name: `early${sort}`, created: '2025-01-01' });
          if (made > 50) assert.fail('paging does not end');
        });
        const seen = pages.flat();
        assert.equal(new Set(seen).size, seen.length, 'none twice');
        assert.deepEqual(new Set(before).difference(new Set(seen)), new Set(), 'none skipped');
        assert.deepEqual(
          seen.filter((name) => before.includes(name)),
          before,
          'in their order',
        );
      }
    });

    test('a cursor goes with its query only', async () => {
      const first = await get<Page>('/latest/nodes?kind=process&limit=2');
      const after = new URLSearchParams(nextOf(first, '/latest/nodes')?.split('?')[1]).get('after');
      assert.ok(after);
      const good = await get<Page>(`/latest/nodes?kind=process&limit=3&after=${after}`);
      assert.deepEqual(names(good.body.items), ['n2', 'n3', 'n4']);
      for (const query of [
        `kind=job&after=${after}`,
        `after=${after}`,
        `kind=process&sort=created&after=${after}`,
        `kind=process&offset=2&after=${after}`,
        'kind=process&after=rubbish',
        `kind=process&after=${Buffer.from('["x",1,null]').toString('base64url')}`,
        'kind=process&after=',
      ]) {
        const answer = await get<{ detail: string }>(`/latest/nodes?${query}`);
        assert.equal(answer.status, 400, query);
        assert.match(answer.body.detail, /^after: /);
      }
    });

    test('the last page has no link, also when it is full', async () => {
      const total = Number((await get('/latest/count?name__re=^n')).text);
      const exact = await get<Page>(`/latest/nodes?name__re=^n&limit=${total}`);
      assert.equal(exact.body.items.length, total);
      assert.equal(exact.headers.get('link'), null);
      const shorter = await get<Page>(`/latest/nodes?name__re=^n&limit=${total - 1}`);
      assert.notEqual(shorter.headers.get('link'), null);
    });

    test('sorting by what has no index', async () => {
      for (const sort of ['updated', '-timeout', 'data.x', '', '-', 'submitter']) {
        const answer = await get<{ detail: string }>(`/latest/nodes?sort=${sort}`);
        assert.equal(answer.status, 400);
        assert.match(answer.body.detail, /^sort: nodes cannot be sorted by/);
      }
    });

    test('totals', async () => {
      const exact = await get<Page>('/latest/nodes?group=g1&limit=1');
      assert.equal(exact.headers.get('kci-total'), 'exact');
      const none = await get<Page>('/latest/nodes?group=g1&limit=1&total=none');
      assert.equal(none.body.total, null);
      assert.equal(none.headers.get('kci-total'), null);
      assert.deepEqual(names(none.body.items), names(exact.body.items));
      const estimate = await get<Page>('/latest/nodes?group=g1&limit=1&total=estimate');
      assert.equal(estimate.body.total, exact.body.total, 'few are counted');
      const judged = await get<Page>('/latest/nodes?data.deep.text=x&limit=1&total=estimate');
      assert.equal(judged.headers.get('kci-total'), 'estimate');
      const counted = Number((await get('/latest/count?data.deep.text=x')).text);
      assert.ok(
        Math.abs((judged.body.total ?? 0) - counted) <= counted / 2,
        `${judged.body.total} for ${counted}`,
      );
    });

    test('parts of nodes', async () => {
      const { items } = (
        await get<{ items: unknown[] }>('/latest/nodes?name=n1&fields=data.deep.list.a,id,group')
      ).body;
      const [whole] = (await get<Page>('/latest/nodes?name=n1')).body.items;
      assert.deepEqual(items, [{ id: whole?.id, group: 'g1', data: { deep: { list: [{ a: 1 }] } } }]);
      const fast = (
        await get<unknown[]>(
          '/latest/nodes/fast?name=n1&fields=name,data.platform.x,data.deep,data.deep.text',
        )
      ).body;
      assert.deepEqual(fast, [{ name: 'n1', data: { deep: { list: [{ a: 1, b: 1 }], text: 'x' } } }]);
    });

    test('lists take HEAD, and say how long they are', async () => {
      const list = await get('/latest/nodes?limit=3');
      const head = await call(server, 'HEAD', '/latest/nodes?limit=3');
      assert.equal(head.status, 200);
      assert.equal(head.text, '');
      assert.equal(head.headers.get('content-length'), list.headers.get('content-length'));
    });
  },
  { ownProcess: true },
);
