import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type Account, addAccount, adminToken } from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { listen, listenCall, listenTo, publish, subscribe } from '../helpers/events.ts';
import { eventually } from '../helpers/eventually.ts';
import { call } from '../helpers/http.ts';
import { uniqueName } from '../helpers/kci-workspace.ts';
import { Random } from '../helpers/random.ts';
import { type RawRequest, sendRaw } from '../helpers/raw-request.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

/** Long enough for a request to have arrived, and to wait. */
const SETTLED_MS = 60;

/** The ways in which a client may go away. */
const ENDS: [how: string, end: (request: RawRequest) => void][] = [
  ['closes its connection', ({ socket }) => socket.destroy()],
  ['closes its side of the connection', ({ socket }) => socket.end()],
  ['resets its connection', ({ socket }) => socket.resetAndDestroy()],
];

forEachEngine(
  'listening',
  (engine) => {
    let server: TestServer;
    let alice: Account;

    before(async () => {
      server = await startServer({ engine });
      alice = await addAccount(server, await adminToken(server));
    });

    const wait = (id: number, headers: string[] = []) =>
      sendRaw(server, `/latest/listen/${id}`, { token: alice.token, headers, allowHalfOpen: true });

    for (const [how, end] of ENDS) {
      test(`a listener that ${how} before the event takes nothing along`, async () => {
        const channel = uniqueName('gone');
        const id = await subscribe(server, alice.token, channel);
        for (let n = 0; n < 5; n += 1) {
          const gone = await wait(id);
          await delay(SETTLED_MS);
          end(gone);
          await publish(server, alice.token, channel, n);
          await gone.closed;
          assert.ok(!gone.received().includes('specversion'), 'nothing came through');
          assert.equal((await listen(server, alice.token, id)).data, n);
        }
      });
    }

    for (const header of ['Connection: keep-alive', 'Connection: close']) {
      test(`a client that goes away at the moment of the event takes nothing along (${header})`, async (t) => {
        const seed = Date.now() >>> 0;
        t.diagnostic(`seed ${seed}`);
        const random = new Random(seed);
        const channel = uniqueName('moment');
        const id = await subscribe(server, alice.token, channel, `subscriber_id=${channel}`);
        const heard = new Set<unknown>();
        const rounds = 60;
        for (let n = 0; n < rounds; n += 1) {
          const gone = await wait(id, [header]);
          await delay(15);
          const published = publish(server, alice.token, channel, n);
          await delay(random.below(12));
          random.pick(ENDS)[1](gone);
          await Promise.all([published, gone.closed]);
          // What reached the client whole is its own affair.
          const came = /"data":"(.*)"}$/.exec(gone.received());
          if (came?.[1]) heard.add(JSON.parse(JSON.parse(`"${came[1]}"`)).data);
        }
        await publish(server, alice.token, channel, 'end');
        for (let data: unknown; data !== 'end'; heard.add(data)) {
          data = (await listen(server, alice.token, id)).data;
        }
        const missing = Array.from({ length: rounds }, (_, n) => n).filter((n) => !heard.has(n));
        assert.deepEqual(missing, []);
      });
    }

    test('a client that goes away at the moment of the event and is back at once gets it', async (t) => {
      const seed = Date.now() >>> 0;
      t.diagnostic(`seed ${seed}`);
      const random = new Random(seed);
      const channel = uniqueName('back');
      const id = await subscribe(server, alice.token, channel);
      for (let n = 0; n < 80; n += 1) {
        const gone = await wait(id);
        await delay(10);
        const published = publish(server, alice.token, channel, n);
        await delay(random.below(8));
        gone.socket.destroy();
        const back = await wait(id);
        await Promise.all([published, gone.closed]);
        const told = new RegExp(`\\\\"data\\\\":${n},`);
        if (!told.test(gone.received()))
          await eventually(`event ${n} is told`, () => (told.test(back.received()) ? true : undefined));
        back.socket.destroy();
        await back.closed;
      }
    });

    test('connections that are closed with the answer are told once', async () => {
      const channel = uniqueName('once');
      const id = await subscribe(server, alice.token, channel);
      for (let n = 0; n < 10; n += 1) await publish(server, alice.token, channel, n);
      for (let n = 0; n < 10; n += 1) {
        const request = await wait(id, ['Connection: close']);
        await eventually('it is answered', () => (request.received().includes('"}') ? true : undefined));
        request.socket.end();
        await request.closed;
        assert.match(request.received(), new RegExp(`\\\\"data\\\\":${n},`));
      }
    });

    test('several that listen to one subscription share its events', async () => {
      const channel = uniqueName('shared');
      const id = await subscribe(server, alice.token, channel);
      const total = 30;
      const heard: unknown[] = [];
      const listener = async () => {
        for (;;) {
          const { status, body } = await listenCall(server, alice.token, id);
          if (status === 404) return;
          heard.push(JSON.parse(body.data).data);
        }
      };
      const listeners = [listener(), listener(), listener()];
      for (let n = 0; n < total; n += 1) await publish(server, alice.token, channel, n);
      await eventually('all are heard', () => (heard.length >= total ? true : undefined));
      await call(server, 'POST', `/latest/unsubscribe/${id}`, { token: alice.token });
      await Promise.all(listeners);
      assert.deepEqual(
        heard.toSorted((a, b) => Number(a) - Number(b)),
        Array.from({ length: total }, (_, n) => n),
      );
    });

    test('an event that one of several has got is not acknowledged by the others', async () => {
      const channel = uniqueName('unacknowledged');
      const durable = `subscriber_id=${channel}`;
      const id = await subscribe(server, alice.token, channel, durable);
      const stale = await wait(id);
      await delay(SETTLED_MS);
      const busy = await wait(id);
      await delay(SETTLED_MS);
      await publish(server, alice.token, channel, 'worked on');
      const has = ({ received }: RawRequest) => received().includes('worked on');
      await eventually('one has it', () => (has(busy) || has(stale) ? true : undefined));
      await delay(300);
      busy.socket.destroy();
      assert.equal(await subscribe(server, alice.token, channel, durable), id);
      assert.equal((await listen(server, alice.token, id)).data, 'worked on');
      stale.socket.destroy();
    });

    test('a durable subscriber that is back gets what it has not acknowledged, and no more', async () => {
      const channel = uniqueName('durable');
      const durable = `subscriber_id=${channel}`;
      const id = await subscribe(server, alice.token, channel, durable);
      for (let n = 0; n < 4; n += 1) await publish(server, alice.token, channel, n);
      // Coming back for the next one acknowledges the one before.
      assert.deepEqual(await listenTo(server, alice.token, id, 2), [0, 1]);
      await delay(200);
      assert.equal(await subscribe(server, alice.token, channel, durable), id);
      assert.deepEqual(await listenTo(server, alice.token, id, 3), [1, 2, 3]);
      const waiting = listen(server, alice.token, id);
      await delay(200);
      await publish(server, alice.token, channel, 4);
      assert.equal((await waiting).data, 4);
      assert.equal(await subscribe(server, alice.token, channel, durable), id);
      assert.deepEqual(await listenTo(server, alice.token, id, 1), [4]);
    });

    test('events of the time without a client are told when it is back', async () => {
      const channel = uniqueName('away');
      const durable = `subscriber_id=${channel}`;
      const id = await subscribe(server, alice.token, channel, durable);
      await publish(server, alice.token, channel, 'while away');
      assert.equal(await subscribe(server, alice.token, channel, durable), id);
      assert.deepEqual(await listenTo(server, alice.token, id, 1), ['while away']);
    });

    test('a durable subscriber on another channel begins anew', async () => {
      const [one, other] = [uniqueName('one'), uniqueName('other')];
      const durable = `subscriber_id=${one}`;
      const id = await subscribe(server, alice.token, one, durable);
      await publish(server, alice.token, one, 1);
      await publish(server, alice.token, other, 1);
      assert.equal(await subscribe(server, alice.token, other, durable), id);
      await publish(server, alice.token, other, 2);
      assert.deepEqual(await listenTo(server, alice.token, id, 1), [2]);
    });

    test('many at once are told of one event', async () => {
      const channel = uniqueName('many');
      const ids: number[] = [];
      for (let n = 0; n < 60; n += 1) ids.push(await subscribe(server, alice.token, channel));
      const heard = ids.map((id) => listen(server, alice.token, id));
      await delay(SETTLED_MS);
      await publish(server, alice.token, channel, 'all');
      for (const { data } of await Promise.all(heard)) assert.equal(data, 'all');
    });
  },
  { ownProcess: true },
);
