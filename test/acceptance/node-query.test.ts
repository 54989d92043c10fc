import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { forEachEngine } from '../helpers/engines.ts';
import { call, login } from '../helpers/http.ts';
import { meetsAll } from '../helpers/naive-query.ts';
import { type ApiNode, createNode } from '../helpers/nodes.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { CASES, NODES } from './node-query-cases.ts';

interface Page {
  items: ApiNode[];
  total: number;
  limit: number;
  offset: number;
}

forEachEngine(
  'conditions on nodes',
  (engine) => {
    let server: TestServer;
    const ids: Record<string, string> = {};

    before(async () => {
      server = await startServer({ engine, env: { KCI_LIFECYCLE: 'off' } });
      const token = await login(server, server.admin.username, server.admin.password);
      for (const { parent, ...body } of NODES) {
        const above = parent === undefined ? {} : { parent: ids[parent] };
        const node = await createNode(server, token, { kind: 'process', path: ['root'], ...body, ...above });
        ids[node.name] = node.id;
      }
    });

    const get = <Body>(path: string) => call<Body>(server, 'GET', path);
    const names = (nodes: readonly ApiNode[]) => nodes.map(({ name }) => name);
    /** `<name>` in a case stands for the id of the node with that name. */
    const filled = (query: string) => query.replace(/<([^>]+)>/g, (_, name: string) => String(ids[name]));

    for (const [query, expected] of CASES) {
      test(`${query} finds ${expected.join(' ') || 'nothing'}`, async () => {
        const asked = filled(query);
        const list = await get<Page>(`/latest/nodes?${asked}`);
        assert.equal(list.status, 200, list.text);
        assert.deepEqual(names(list.body.items), expected);
        assert.equal(list.body.total, expected.length);
        const all = (await get<ApiNode[]>('/latest/nodes/fast')).body;
        const conditions = Object.fromEntries(new URLSearchParams(asked));
        const naive = all.filter((node) => meetsAll(node, conditions));
        assert.deepEqual(names(naive), expected, 'what the naive evaluation says');
        assert.equal((await get(`/latest/count?${asked}`)).text, String(expected.length));
        assert.deepEqual(names((await get<ApiNode[]>(`/latest/nodes/fast?${asked}`)).body), expected);
        const backwards = await get<Page>(`/latest/nodes?${asked}&sort=-created`);
        assert.deepEqual(names(backwards.body.items).sort(), [...expected].sort());
      });
    }

    test('a parameter that is given twice counts with its last value', async () => {
      const { body } = await get<Page>('/latest/nodes?name=plain&name=other');
      assert.deepEqual(names(body.items), ['other']);
    });

    for (const [query, detail] of [
      ['kind__foo=job', /kind__foo: unknown operator "foo"/],
      ['data.x__=1', /unknown operator ""/],
      ['name__re=%5B', /name: invalid regular expression: missing closing \]/],
      ['data.text__re=a%28%3F%3Db%29', /data\.text: .*lookahead and lookbehind are not supported/],
      ['data.text__re=%28%3F%3C%21a%29b', /lookahead and lookbehind are not supported/],
      ['name__re=%28a%29%5C1', /references to groups are not supported/],
      [`name__re=${'a'.repeat(1001)}`, /longer than 1000 characters/],
      ['name__re=[ab]{900}', /name: invalid regular expression: too large/],
      ['created__gt=yesterday', /Invalid isoformat string: 'yesterday'/],
      ['created__gt=2024-02-30', /Invalid isoformat string: '2024-02-30'/],
      ['timeout__lt=2026-11-24+10:00:00+00:00', /Invalid isoformat string: '2026-11-24 10:00:00 00:00'/],
      ['created__lt=null', /Invalid isoformat string: 'null'/],
      ['updated__in=2024-01-01,now', /Invalid isoformat string: 'now'/],
      ['retry_counter=abc', /invalid literal for int\(\) with base 10: 'abc'/],
      ['retry_counter__gt=1.5', /invalid literal for int\(\) with base 10: '1\.5'/],
      ['data.number__int=six', /invalid literal for int\(\) with base 10: 'six'/],
      ['parent=zzz', /'zzz' is not a valid ObjectId/],
      ['id__in=0123', /'0123' is not a valid ObjectId/],
      ['processed_by_kcidb_bridge=maybe', /processed_by_kcidb_bridge: must be true or false/],
      ['processed_by_kcidb_bridge__gt=false', /processed_by_kcidb_bridge is true or false/],
    ] as const) {
      test(`${query.slice(0, 60)} is refused`, async () => {
        for (const path of ['nodes', 'nodes/fast', 'count']) {
          const answer = await get<{ detail: string }>(`/latest/${path}?${query}`);
          assert.equal(answer.status, 400, answer.text);
          assert.match(answer.body.detail, detail);
        }
      });
    }

    test('an expression on which other engines would work for years is answered like any other', async () => {
      for (const pattern of ['(a+)+$', '(a|aa)+$', '(a{1,15}){1,15}$', '(.*)*x']) {
        const answer = await get<Page>(`/latest/nodes?data.text__re=${encodeURIComponent(pattern)}`);
        assert.equal(answer.status, 200, answer.text);
      }
    });

    test('a field that nodes do not have finds nothing, and a header says so', async () => {
      for (const query of ['status=fail', 'status__ne=fail', 'status=null', 'kind=process&status.x=1']) {
        const list = await get<Page>(`/latest/nodes?${query}`);
        assert.equal(list.status, 200);
        assert.deepEqual(list.body, { items: [], total: 0, limit: 50, offset: 0 });
        assert.match(list.headers.get('warning') ?? '', /^199 - "unknown field: status/);
        const count = await get(`/latest/count?${query}`);
        assert.equal(count.text, '0');
        assert.match(count.headers.get('warning') ?? '', /^199 - "unknown field: status/);
        const fast = await get<ApiNode[]>(`/latest/nodes/fast?${query}`);
        assert.deepEqual(fast.body, []);
        assert.match(fast.headers.get('warning') ?? '', /^199 - "unknown field: status/);
      }
      assert.equal((await get('/latest/nodes?kind=process')).headers.get('warning'), null);
    });

    test('U+0000 in a condition is refused', async () => {
      for (const query of ['name=a%00b', 'data.x%00=1', 'name__re=%00']) {
        assert.equal((await get(`/latest/nodes?${query}`)).status, 422);
      }
    });

    test('reads need no token, and one that is no good does no harm', async () => {
      for (const path of ['nodes', 'nodes/fast', 'count']) {
        const answer = await call(server, 'GET', `/latest/${path}?limit=1`, { token: 'rubbish' });
        assert.equal(answer.status, 200);
      }
    });
  },
  { ownProcess: true },
);
