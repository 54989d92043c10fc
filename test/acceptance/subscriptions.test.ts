import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Account, addAccount, adminToken, createToken, type Detail } from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { listen, listenCall, listenTo, publish, type Subscribed, subscribe } from '../helpers/events.ts';
import { call } from '../helpers/http.ts';
import { uniqueName } from '../helpers/kci-workspace.ts';
import { checkout, createNode, makeUser, REVISION } from '../helpers/nodes.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

forEachEngine('subscriptions and what they tell', (engine) => {
  let server: TestServer;
  let admin: string;
  let alice: Account;
  let bob: Account;

  before(async () => {
    server = await startServer({ engine });
    admin = await adminToken(server);
    alice = await addAccount(server, admin);
    bob = await addAccount(server, admin);
  });

  const post = <T>(path: string, token?: string, json?: unknown) =>
    call<T>(server, 'POST', `/latest/${path}`, {
      ...(token && { token }),
      ...(json !== undefined && { json }),
    });

  test('a subscription is named by a number, and tells what it is', async () => {
    const { status, body } = await post<Subscribed>('subscribe/chan', alice.token);
    assert.equal(status, 200);
    const { id, ...rest } = body;
    assert.ok(Number.isInteger(id) && id > 0);
    assert.deepEqual(rest, { channel: 'chan', user: alice.username, promiscuous: false });
    for (const value of ['true', 'True', '1']) {
      const answer = await post<Subscribed>(`subscribe/chan?promisc=${value}`, alice.token);
      assert.equal(answer.body.promiscuous, true, value);
    }
    assert.equal((await post('subscribe/chan?promisc=perhaps', alice.token)).status, 422);
  });

  test('events come in order, each once, from the subscription on', async () => {
    const channel = uniqueName('order');
    await publish(server, alice.token, channel, 'before');
    const id = await subscribe(server, alice.token, channel);
    for (let n = 0; n < 20; n += 1) await publish(server, alice.token, channel, { n });
    const heard = await listenTo(server, alice.token, id, 20);
    assert.deepEqual(
      heard,
      Array.from({ length: 20 }, (_, n) => ({ n })),
    );
    const next = listen(server, alice.token, id);
    await publish(server, alice.token, channel, 'while it waits');
    assert.equal((await next).data, 'while it waits');
  });

  test('the event is a CloudEvent whose attributes the publisher may choose, but not the owner', async () => {
    const channel = uniqueName('attributes');
    const id = await subscribe(server, alice.token, channel);
    const json = {
      data: { hello: [1, null, 'ä'] },
      type: 'my.type',
      source: 'https://me/',
      attributes: {
        foo: 'bar',
        Mixed: 'case',
        ...{ owner: 'forged', Owner: 'forged', OWNER: 'forged', _sequence_id: 1, _Sequence_ID: 2 },
        ...{ specversion: '9', id: 'mine', time: 'never', data: 'else', data_base64: 'eA==', none: null },
      },
    };
    assert.equal((await post(`publish/${channel}`, alice.token, json)).text, 'null');
    const { status, body, text } = await listenCall(server, alice.token, id);
    assert.equal(status, 200);
    assert.deepEqual({ ...body, data: '' }, { type: 'message', pattern: null, channel, data: '' });
    const event = JSON.parse(body.data);
    const { id: eventId, time, _sequence_id, ...rest } = event;
    assert.match(eventId, UUID);
    assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/);
    assert.ok(Number.isInteger(_sequence_id) && _sequence_id > 0);
    assert.deepEqual(rest, {
      ...{ specversion: '1.0', source: 'https://me/', type: 'my.type', data: { hello: [1, null, 'ä'] } },
      ...{ owner: alice.username, foo: 'bar', mixed: 'case' },
    });
    assert.ok(!text.includes('forged'));
  });

  test('without a choice the attributes are those of the service', async () => {
    const channel = uniqueName('usual');
    const id = await subscribe(server, alice.token, channel);
    await publish(server, alice.token, channel, 'text');
    const event = await listen(server, alice.token, id);
    const { id: _id, time: _time, _sequence_id, ...rest } = event;
    assert.deepEqual(rest, {
      ...{ specversion: '1.0', source: 'https://api.kernelci.org/', type: 'api.kernelci.org', data: 'text' },
      owner: alice.username,
    });
  });

  test("others' events come to those alone who want events of every owner", async () => {
    const channel = uniqueName('owners');
    const own = await subscribe(server, bob.token, channel);
    const all = await subscribe(server, bob.token, channel, 'promisc=True');
    await publish(server, alice.token, channel, 'of alice');
    await publish(server, bob.token, channel, 'of bob');
    assert.deepEqual(await listenTo(server, bob.token, own, 1), ['of bob']);
    assert.deepEqual(await listenTo(server, bob.token, all, 2), ['of alice', 'of bob']);
  });

  test('a channel tells nothing of another one', async () => {
    const [one, other] = [uniqueName('one'), uniqueName('other')];
    const id = await subscribe(server, alice.token, one);
    await publish(server, alice.token, other, 'elsewhere');
    await publish(server, alice.token, one, 'here');
    assert.deepEqual(await listenTo(server, alice.token, id, 1), ['here']);
  });

  test('falsy data is data', async () => {
    const channel = uniqueName('falsy');
    const id = await subscribe(server, alice.token, channel);
    for (const data of [0, false, '', [], {}]) await publish(server, alice.token, channel, data);
    assert.deepEqual(await listenTo(server, alice.token, id, 5), [0, false, '', [], {}]);
  });

  test('what has no data is refused, naming data', async () => {
    for (const json of [{}, { data: null }, { other: 1 }]) {
      for (const path of ['publish/chan', 'push/list']) {
        const { status, body } = await post<{ detail: { loc: unknown[] }[] }>(path, alice.token, json);
        assert.equal(status, 422);
        assert.deepEqual(body.detail[0]?.loc, ['body', 'data']);
      }
    }
  });

  test('an account with the events scope is needed', async () => {
    const id = await subscribe(server, alice.token, 'chan');
    const scoped = await createToken(server, alice, { scopes: 'nodes' });
    const attempts = [
      ['POST', '/latest/subscribe/chan'],
      ['POST', `/latest/unsubscribe/${id}`],
      ['GET', `/latest/listen/${id}`],
      ['POST', '/latest/publish/chan'],
      ['POST', '/latest/push/list'],
      ['GET', '/latest/pop/list'],
    ] as const;
    for (const [method, path] of attempts) {
      const json = method === 'POST' && /publish|push/.test(path) ? { data: 1 } : undefined;
      const body = json === undefined ? {} : { json };
      assert.equal((await call(server, method, path, body)).status, 401, path);
      const answer = await call<Detail>(server, method, path, { ...body, token: scoped.access_token });
      assert.equal(answer.status, 403, path);
      assert.match(answer.body.detail, /events/);
    }
  });

  test("somebody else's subscription and subscriber_id are refused", async () => {
    const name = uniqueName('durable');
    const id = await subscribe(server, alice.token, 'chan', `subscriber_id=${name}`);
    for (const [method, path] of [
      ['GET', `/latest/listen/${id}`],
      ['POST', `/latest/unsubscribe/${id}`],
      ['POST', `/latest/subscribe/chan?subscriber_id=${name}`],
    ] as const) {
      const { status, body } = await call<Detail>(server, method, path, { token: bob.token });
      assert.equal(status, 403, path);
      assert.ok(body.detail.includes(bob.username), body.detail);
    }
  });

  test('unknown, malformed and ended ones', async () => {
    const unknown = await call<Detail>(server, 'GET', '/latest/listen/999999', { token: alice.token });
    assert.equal(unknown.status, 404);
    assert.equal(unknown.body.detail, "Subscription id not found: 'Subscription 999999 not found'");
    for (const bad of ['abc', '1.5', '-1', '99999999999999999999']) {
      const answer = await call<{ detail: { loc: unknown[] }[] }>(server, 'GET', `/latest/listen/${bad}`, {
        token: alice.token,
      });
      assert.equal(answer.status, 422, bad);
      assert.deepEqual(answer.body.detail[0]?.loc, ['path', 'sub_id']);
    }
    assert.equal((await listenCall(server, alice.token, Number.MAX_SAFE_INTEGER)).status, 404);
    const id = await subscribe(server, alice.token, 'chan');
    const waiting = listenCall(server, alice.token, id);
    const ended = await post(`unsubscribe/${id}`, alice.token);
    assert.deepEqual([ended.status, ended.text], [200, 'null']);
    assert.equal((await waiting).status, 404);
    assert.equal((await post(`unsubscribe/${id}`, alice.token)).status, 404);
    assert.equal((await listenCall(server, alice.token, id)).status, 404);
    assert.equal((await call(server, 'GET', `/latest/unsubscribe/${id}`)).status, 405);
  });

  test('HEAD takes nothing', async () => {
    const id = await subscribe(server, alice.token, 'head');
    await publish(server, alice.token, 'head', 'one');
    await post('push/head', alice.token, { data: 'item' });
    for (const path of [`/latest/listen/${id}`, '/latest/pop/head']) {
      const { status } = await call(server, 'HEAD', path, { token: alice.token });
      assert.equal(status, 405, path);
    }
    assert.deepEqual(await listenTo(server, alice.token, id, 1), ['one']);
    assert.equal((await call<{ data: string }>(server, 'GET', '/latest/pop/head', alice)).body.data, 'item');
  });

  test('admins see all subscriptions, with when they were last asked', async () => {
    const channel = uniqueName('stats');
    const heard = await subscribe(server, alice.token, channel, 'promisc=1');
    const silent = await subscribe(server, bob.token, channel);
    await publish(server, alice.token, channel, 1);
    await listen(server, alice.token, heard);
    assert.equal((await call(server, 'GET', '/latest/stats/subscriptions', alice)).status, 403);
    const { body } = await call<Array<Record<string, unknown>>>(
      server,
      'GET',
      '/latest/stats/subscriptions',
      {
        token: admin,
      },
    );
    const mine = body.filter((row) => row.channel === channel);
    assert.deepEqual(
      mine.map(({ created: _, last_poll: __, ...rest }) => rest),
      [
        { id: heard, channel, user: alice.username, promiscuous: true },
        { id: silent, channel, user: bob.username, promiscuous: false },
      ],
    );
    const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/;
    assert.match(String(mine[0]?.created), TIME);
    assert.match(String(mine[0]?.last_poll), TIME);
    assert.equal(mine[1]?.last_poll, null);
  });

  test('node events tell the node, and what it was before', async () => {
    const token = await makeUser(server, admin, uniqueName('node-user'));
    const id = await subscribe(server, token, 'node');
    const node = await createNode(server, token, checkout({ name: 'evt' }));
    const created = await listen(server, token, id);
    const told = {
      ...{ op: 'created', id: node.id, kind: 'checkout', name: 'evt', path: ['checkout'], group: null },
      ...{ state: 'running', result: null, owner: node.owner, data: { kernel_revision: REVISION } },
      is_hierarchy: false,
    };
    const { data, owner } = created;
    assert.equal(owner, node.owner);
    assert.deepEqual(Object.keys(data as object), Object.keys(told));
    assert.deepEqual({ ...told, ...(data as object), data: told.data }, told);
    const json = { state: 'done', result: 'pass' };
    await call(server, 'PATCH', `/latest/node/${node.id}`, { token, json });
    const updated = (await listen(server, token, id)).data as Record<string, unknown>;
    assert.deepEqual(
      [updated.op, updated.state, updated.result, updated.previous_state, updated.previous_result],
      ['updated', 'done', 'pass', 'running', null],
    );
    await call(server, 'PATCH', `/latest/node/${node.id}`, { token, json: { result: 'fail' } });
    const again = (await listen(server, token, id)).data as Record<string, unknown>;
    assert.deepEqual(
      [again.state, again.result, again.previous_state, again.previous_result],
      ['done', 'fail', 'done', 'pass'],
    );
  });

  test('a hierarchy is one event, that of its root', async () => {
    const token = await makeUser(server, admin, uniqueName('hierarchy-user'));
    const root = await createNode(server, token);
    const id = await subscribe(server, token, 'node');
    const child_nodes = ['a', 'b', 'c'].map((name) => ({
      node: { kind: 'test', name, path: [name] },
      child_nodes: [],
    }));
    const put = await call(server, 'PUT', `/latest/nodes/${root.id}`, {
      token,
      json: { node: checkout({ state: 'done' }), child_nodes },
    });
    assert.equal(put.status, 200, put.text);
    const last = await createNode(server, token, checkout({ name: 'behind' }));
    const hierarchy = (await listen(server, token, id)).data as Record<string, unknown>;
    assert.deepEqual([hierarchy.id, hierarchy.is_hierarchy], [root.id, true]);
    const next = (await listen(server, token, id)).data as Record<string, unknown>;
    assert.equal(next.id, last.id);
  });
});
