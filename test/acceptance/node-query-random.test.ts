import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { forEachEngine } from '../helpers/engines.ts';
import { call, login } from '../helpers/http.ts';
import { meetsAll } from '../helpers/naive-query.ts';
import { type ApiNode, createNode } from '../helpers/nodes.ts';
import { Random } from '../helpers/random.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const NODES = 120;
const QUERIES = 200;
const SEED = 7;

const TEXTS = ['a', 'b', 'A', 'ab', '', '6', '06', '6.0', 'true', 'null', '%_', "'", 'ü', '😀', '\u0001odd'];
const LONG = 'x'.repeat(600);
const LEAVES: readonly unknown[] = [...TEXTS, LONG, 0, 6, 6.5, -7, true, false, null];
const KEYS = ['a', 'b', '0'];
const FIELDS = [
  ...[
    'name',
    'group',
    'treeid',
    'submitter',
    'state',
    'result',
    'path',
    'user_groups',
    'artifacts',
    'debug.a',
  ],
  ...['data.a', 'data.b', 'data.a.b', 'data.a.0', 'data.b.a.0', 'data.0.a', 'data.platform', 'data.runtime'],
  ...['tree', 'branch', 'commit'].map((key) => `data.kernel_revision.${key}`),
];
const OPERATORS = ['', '__ne', '__lt', '__lte', '__gt', '__gte', '__in', '__nin'];
const PATTERNS = ['a', '^$', '^.$', '[^a]', 'x{400}', '(a|b)+$', '\\d', '😀', '_'];

const bare = (random: Random) => random.pick(['a', 'b', 'ab', 'c']);

function anything(random: Random, depth: number): unknown {
  if (depth === 0 || random.chance(0.6)) return random.pick(LEAVES);
  const inside = () => anything(random, depth - 1);
  if (random.chance(0.5)) return Array.from({ length: random.below(3) }, inside);
  return Object.fromEntries(KEYS.filter(() => random.chance(0.5)).map((key) => [key, inside()]));
}

function randomBody(random: Random, i: number): Record<string, unknown> {
  const mostly = () => (random.chance(0.8) ? bare(random) : anything(random, 2));
  const revision = Object.fromEntries(
    ['tree', 'branch', 'commit'].filter(() => random.chance(0.8)).map((key) => [key, mostly()]),
  );
  return {
    kind: 'process',
    name: `${bare(random)}${i}`,
    path: [bare(random), random.pick(TEXTS)],
    group: random.pick([null, bare(random), random.pick(TEXTS), LONG]),
    treeid: random.pick([null, bare(random), random.pick(TEXTS)]),
    submitter: random.pick([null, bare(random), LONG]),
    state: random.pick(['running', 'done']),
    result: random.pick([null, 'pass', 'fail']),
    debug: { a: anything(random, 1) },
    data: {
      a: anything(random, 3),
      b: anything(random, 3),
      0: anything(random, 2),
      platform: mostly(),
      runtime: mostly(),
      kernel_revision: random.chance(0.8) ? revision : anything(random, 3),
    },
  };
}

function randomCondition(random: Random): [key: string, text: string] {
  const field = random.pick(FIELDS);
  if (random.chance(0.15)) return [`${field}__re`, random.pick(PATTERNS)];
  if (random.chance(0.05)) return [`${field}__int`, '6'];
  const word = () => random.pick([...TEXTS, 'c', 'pass', 'done', 'TRUE', 'False', '-7', '6.5', 'null', LONG]);
  const operator = random.pick(OPERATORS);
  return [`${field}${operator}`, /in$/.test(operator) ? [word(), word()].join(',') : word()];
}

forEachEngine(
  'random conditions on random nodes',
  (engine) => {
    let server: TestServer;
    let all: ApiNode[] = [];
    const random = new Random(SEED);

    before(async () => {
      server = await startServer({ engine, env: { KCI_LIFECYCLE: 'off' } });
      const token = await login(server, server.admin.username, server.admin.password);
      for (let i = 0; i < NODES; i += 1) await createNode(server, token, randomBody(random, i));
      all = (await call<ApiNode[]>(server, 'GET', '/latest/nodes/fast')).body;
    });

    test('find what the plainest evaluation finds', async () => {
      assert.equal(all.length, NODES);
      let found = 0;
      for (let i = 0; i < QUERIES; i += 1) {
        const count = 1 + random.below(3);
        const conditions = Object.fromEntries(Array.from({ length: count }, () => randomCondition(random)));
        const query = new URLSearchParams(conditions);
        const expected = all.filter((node) => meetsAll(node, conditions)).map(({ name }) => name);
        const { body, status, text } = await call<{ items: ApiNode[]; total: number }>(
          server,
          'GET',
          `/latest/nodes?${query}&limit=1000`,
        );
        assert.equal(status, 200, `${query}: ${text}`);
        const names = body.items.map(({ name }) => name);
        assert.deepEqual(
          { names, total: body.total },
          { names: expected, total: expected.length },
          `${query}`,
        );
        found += Number(expected.length > 0);
      }
      assert.ok(found > QUERIES / 4, 'enough of the queries find something');
    });
  },
  { ownProcess: true },
);
