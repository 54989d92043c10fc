import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { adminToken } from '../helpers/accounts.ts';
import { forEachEngine, onlyOn } from '../helpers/engines.ts';
import { listen, listenTo, pop, publish, push, subscribe } from '../helpers/events.ts';
import { call } from '../helpers/http.ts';
import { uniqueName } from '../helpers/kci-workspace.ts';
import { checkout, createNode, makeUser } from '../helpers/nodes.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

/** Longer than the server doubts that an answer has come. */
const DOUBT_MS = 300;

forEachEngine(
  'several instances, restarts',
  (engine) => {
    let one: TestServer;
    let two: TestServer;
    let token: string;

    before(async () => {
      one = await startServer({ engine });
      two = await one.startSibling();
      token = await adminToken(one);
    });

    test('any instance serves a subscription, and goes on where the other one was', async () => {
      const channel = uniqueName('any');
      const id = await subscribe(one, token, channel);
      for (let n = 0; n < 6; n += 1) {
        await publish(n % 3 === 0 ? one : two, token, channel, n);
        assert.equal((await listen(n % 2 === 0 ? one : two, token, id)).data, n);
        await delay(DOUBT_MS);
      }
      const ended = await call(two, 'POST', `/latest/unsubscribe/${id}`, { token });
      assert.equal(ended.status, 200);
      assert.equal((await call(one, 'GET', `/latest/listen/${id}`, { token })).status, 404);
    });

    test('a listener of one instance hears what the other one was told', async () => {
      const channel = uniqueName('across');
      const id = await subscribe(one, token, channel);
      for (let n = 0; n < 5; n += 1) {
        const waiting = listen(one, token, id);
        await delay(50);
        await publish(two, token, channel, n);
        assert.equal((await waiting).data, n);
      }
    });

    test('lists are shared', async () => {
      const list = uniqueName('list');
      const waiting = pop(one, token, list);
      await push(two, token, list, 'x');
      assert.equal((await waiting).data, 'x');
      for (let n = 0; n < 20; n += 1) await push(n % 2 ? one : two, token, list, n);
      const popped = await Promise.all(
        Array.from({ length: 20 }, (_, n) => pop(n % 3 ? one : two, token, list)),
      );
      assert.equal(new Set(popped.map(({ data }) => data)).size, 20);
    });

    test('with both instances publishing at once, readers miss nothing and agree on the order', async () => {
      const channel = uniqueName('hammer');
      const user = await makeUser(one, token, uniqueName('hammer'));
      const readers = await Promise.all(
        [one, two, one, two].map(async (server) => ({
          server,
          id: await subscribe(server, user, channel, 'promisc=true'),
        })),
      );
      const [writers, each] = [8, 25];
      const hear = readers.map(({ server, id }) => listenTo(server, user, id, writers * each));
      const write = async (_: unknown, w: number) => {
        const server = w % 2 ? one : two;
        for (let n = 0; n < each; n += 1) {
          // Transactions of other lengths, some with much before their event.
          if ((w + n) % 5 === 0) await createNode(server, user, checkout({ name: `${channel}-${w}-${n}` }));
          await publish(server, w % 4 < 2 ? token : user, channel, { w, n });
        }
      };
      await Promise.all(Array.from({ length: writers }, write));
      const [first = [], ...others] = await Promise.all(hear);
      for (const heard of others) assert.deepEqual(heard, first);
      const { body } = await call<{ data: unknown; sequence_id: number }[]>(
        one,
        'GET',
        `/latest/events?channel=${channel}`,
      );
      assert.deepEqual(
        body.map(({ data }) => data),
        first,
      );
      for (let w = 0; w < writers; w += 1) {
        const own = (first as { w: number; n: number }[]).filter((data) => data.w === w).map(({ n }) => n);
        assert.deepEqual(
          own,
          Array.from({ length: each }, (_, n) => n),
        );
      }
    });

    test('subscriptions survive restarts and kill -9; what was told is not told again', async () => {
      const channel = uniqueName('restart');
      const id = await subscribe(one, token, channel);
      for (let n = 0; n < 6; n += 1) await publish(two, token, channel, n);
      assert.deepEqual(await listenTo(one, token, id, 2), [0, 1]);
      await delay(DOUBT_MS);
      await one.kill9();
      assert.deepEqual(await listenTo(two, token, id, 2), [2, 3]);
      await delay(DOUBT_MS);
      await one.restart();
      assert.equal((await listen(one, token, id)).data, 4);
      await one.restart();
      assert.equal((await listen(one, token, id)).data, 5);
      const waiting = call(one, 'GET', `/latest/listen/${id}`, { token });
      await delay(100);
      assert.equal(await one.stop(), 0);
      const { status, headers } = await waiting;
      assert.equal(status, 503);
      assert.match(headers.get('retry-after') ?? '', /^\d+$/);
      await one.restart();
    });
  },
  { ownProcess: true },
);

onlyOn('postgres', 'one subscription, listened to at two instances', (engine) => {
  test('who has got an event from one and asks the other at once gets the next one', async () => {
    const one = await startServer({ engine });
    const two = await one.startSibling();
    const token = await adminToken(one);
    const channel = uniqueName('turns');
    const id = await subscribe(one, token, channel);
    const heard: unknown[] = [];
    // The first comes after a while of waiting, the others are there already.
    const first = listen(two, token, id);
    await delay(DOUBT_MS);
    for (let n = 0; n < 12; n += 1) await publish(one, token, channel, n);
    heard.push((await first).data);
    for (let n = 1; n < 12; n += 1) heard.push((await listen(n % 2 ? one : two, token, id)).data);
    assert.deepEqual(
      heard,
      Array.from({ length: 12 }, (_, n) => n),
    );
  });
});
