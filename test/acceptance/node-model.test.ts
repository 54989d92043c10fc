import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { forEachEngine } from '../helpers/engines.ts';
import { type CallResult, call, login } from '../helpers/http.ts';
import { type ApiNode, history, makeUser } from '../helpers/nodes.ts';
import { Random } from '../helpers/random.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const STEPS = 400;
const STATES = ['running', 'available', 'closing', 'done'];
const RESULTS = ['pass', 'fail', 'skip', 'incomplete', null];
const USERS = ['alice', 'bob'] as const;
type User = (typeof USERS)[number];

/** What a reader should see of a node, as far as the steps decide it. */
interface Expected {
  kind: string;
  name: string;
  path: string[];
  group: string | null;
  parent: string | null;
  state: string;
  result: string | null;
  data: Record<string, unknown>;
  debug: Record<string, unknown>;
  owner: string;
  treeid: string | null;
  processed_by_kcidb_bridge: boolean;
}

interface Known {
  node: Expected;
  ops: string[];
}

const randomValue = (depth: number, random: Random): unknown =>
  depth === 0 || random.chance(0.5)
    ? random.pick<unknown>([0, -1.5, 2 ** 53 - 1, '', 'ä\u2028"\\', null, true, [], {}])
    : random.chance(0.5)
      ? [randomValue(depth - 1, random), randomValue(depth - 1, random)]
      : { [random.pick(['a', 'b.c', '$d', '']) as string]: randomValue(depth - 1, random) };

const randomObject = (random: Random): Record<string, unknown> => ({
  x: randomValue(3, random),
  [`k${random.below(5)}`]: randomValue(1, random),
});

function randomBody(random: Random): Record<string, unknown> {
  const name = `n${random.below(30)}`;
  const body: Record<string, unknown> = {
    kind: 'process',
    name,
    path: ['root', name],
    data: randomObject(random),
  };
  if (random.chance(0.4)) body.group = `g${random.below(3)}`;
  if (random.chance(0.4)) body.treeid = `t${random.below(3)}`;
  if (random.chance(0.5)) body.state = random.pick(STATES);
  if (random.chance(0.5)) body.result = random.pick(RESULTS);
  if (random.chance(0.3)) body.debug = randomObject(random);
  return body;
}

const fromBody = (body: Record<string, unknown>): Omit<Expected, 'owner'> => ({
  kind: body.kind as string,
  name: body.name as string,
  path: body.path as string[],
  group: (body.group as string | undefined) ?? null,
  parent: (body.parent as string | undefined) ?? null,
  state: (body.state as string | undefined) ?? 'running',
  result: (body.result as string | null | undefined) ?? null,
  data: body.data as Record<string, unknown>,
  debug: (body.debug as Record<string, unknown> | undefined) ?? {},
  treeid: (body.treeid as string | undefined) ?? null,
  processed_by_kcidb_bridge: false,
});

const goesBack = (from: string, to: string): boolean => STATES.indexOf(to) < STATES.indexOf(from);

forEachEngine('node writes against a simple model', (engine) => {
  let server: TestServer;
  const tokens = new Map<User, string>();

  before(async () => {
    server = await startServer({ engine, env: { KCI_LIFECYCLE: 'off' } });
    const admin = await login(server, server.admin.username, server.admin.password);
    for (const user of USERS) tokens.set(user, await makeUser(server, admin, user));
  });

  const send = (user: User, method: string, path: string, json: unknown): Promise<CallResult<ApiNode>> =>
    call<ApiNode>(server, method, path, { token: tokens.get(user) ?? '', json });

  const seed = Math.floor(Math.random() * 2 ** 32);
  test(`random writes, seed ${seed}`, async () => {
    const random = new Random(seed);
    const known = new Map<string, Known>();
    const anyId = () => random.pick([...known.keys()]);

    const create = async (user: User) => {
      const body = randomBody(random);
      if (known.size > 0 && random.chance(0.6)) body.parent = anyId();
      const answer = await send(user, 'POST', '/latest/node', body);
      assert.equal(answer.status, 200, answer.text);
      known.set(answer.body.id, { node: { ...fromBody(body), owner: user }, ops: ['created'] });
    };

    const replace = async (user: User) => {
      const id = anyId();
      const { node, ops } = known.get(id) as Known;
      const body = randomBody(random);
      const answer = await send(user, 'PUT', `/latest/node/${id}`, body);
      const next = fromBody(body);
      if (node.owner !== user) return assert.equal(answer.status, 401);
      if (goesBack(node.state, next.state)) return assert.equal(answer.status, 400);
      assert.equal(answer.status, 200, answer.text);
      known.set(id, { node: { ...next, owner: node.owner }, ops: [...ops, 'updated'] });
    };

    const change = async (user: User) => {
      const id = anyId();
      const { node, ops } = known.get(id) as Known;
      const patch: Partial<Expected> = {};
      if (random.chance(0.6)) patch.state = random.pick(STATES);
      if (random.chance(0.6)) patch.result = random.pick(RESULTS);
      if (random.chance(0.3)) patch.data = randomObject(random);
      if (random.chance(0.2)) patch.processed_by_kcidb_bridge = true;
      const answer = await send(user, 'PATCH', `/latest/node/${id}`, patch);
      if (node.owner !== user) return assert.equal(answer.status, 401, answer.text);
      if (Object.keys(patch).length === 0) return assert.equal(answer.status, 400);
      if (patch.state !== undefined && goesBack(node.state, patch.state))
        return assert.equal(answer.status, 400);
      assert.equal(answer.status, 200, answer.text);
      const moves = patch.state !== undefined && patch.state !== node.state;
      // Any change takes the flag back, unless the change sets it and moves no state.
      const flag = patch.processed_by_kcidb_bridge === true && !node.processed_by_kcidb_bridge && !moves;
      const next = { ...node, ...patch, processed_by_kcidb_bridge: flag };
      known.set(id, { node: next, ops: [...ops, 'updated'] });
    };

    for (let step = 0; step < STEPS; step += 1) {
      const user = random.pick(USERS);
      const act = known.size < 5 || random.chance(0.4) ? create : random.chance(0.4) ? replace : change;
      await act(user);
    }

    for (const [id, { node, ops }] of known) {
      const { body } = await call<ApiNode>(server, 'GET', `/latest/node/${id}`);
      const seen = Object.fromEntries(Object.keys(node).map((key) => [key, body[key as keyof ApiNode]]));
      assert.deepEqual(seen, node);
      assert.deepEqual(
        (await history(server, id)).map(({ data }) => data.op),
        ops,
      );
    }
  });
});
