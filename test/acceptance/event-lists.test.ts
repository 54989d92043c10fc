import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type Account, addAccount, adminToken } from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { pop, push } from '../helpers/events.ts';
import { eventually } from '../helpers/eventually.ts';
import { call } from '../helpers/http.ts';
import { uniqueName } from '../helpers/kci-workspace.ts';
import { sendRaw } from '../helpers/raw-request.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const SETTLED_MS = 60;

forEachEngine(
  'lists that items are taken from',
  (engine) => {
    let server: TestServer;
    let alice: Account;

    before(async () => {
      server = await startServer({ engine });
      alice = await addAccount(server, await adminToken(server));
    });

    test('items are CloudEvents, of nobody, in the order in which they came', async () => {
      const list = uniqueName('list');
      await push(server, alice.token, list, { n: 1 });
      const json = { data: 'two', type: 't', source: 's', attributes: { foo: 'bar', Owner: 'forged' } };
      const pushed = await call(server, 'POST', `/latest/push/${list}`, { token: alice.token, json });
      assert.deepEqual([pushed.status, pushed.text], [200, 'null']);
      const items = [await pop(server, alice.token, list), await pop(server, alice.token, list)];
      assert.notEqual(items[0]?.id, items[1]?.id);
      assert.deepEqual(
        items.map(({ id: _, time: __, ...rest }) => rest),
        [
          {
            specversion: '1.0',
            source: 'https://api.kernelci.org/',
            type: 'api.kernelci.org',
            data: { n: 1 },
          },
          { specversion: '1.0', source: 's', type: 't', data: 'two', foo: 'bar' },
        ],
      );
    });

    test('whoever waits first gets the first item, and each item goes to one', async () => {
      const list = uniqueName('waiting');
      const waiting: Promise<unknown>[] = [];
      for (let n = 0; n < 5; n += 1) {
        waiting.push(pop(server, alice.token, list).then(({ data }) => data));
        await delay(SETTLED_MS);
      }
      for (let n = 0; n < 5; n += 1) await push(server, alice.token, list, n);
      assert.deepEqual(await Promise.all(waiting), [0, 1, 2, 3, 4]);
    });

    test('many pushers, many poppers: each item once', async () => {
      const list = uniqueName('many');
      const total = 120;
      const popper = async () => {
        const got: unknown[] = [];
        for (let n = 0; n < total / 6; n += 1) got.push((await pop(server, alice.token, list)).data);
        return got;
      };
      const poppers = Array.from({ length: 6 }, popper);
      const pusher = async (_: unknown, p: number) => {
        for (let n = 0; n < total / 4; n += 1) await push(server, alice.token, list, p * 1000 + n);
        return Array.from({ length: total / 4 }, (__, n) => p * 1000 + n);
      };
      const pushed = (await Promise.all(Array.from({ length: 4 }, pusher))).flat();
      const popped = (await Promise.all(poppers)).flat().map(Number);
      assert.deepEqual(
        popped.toSorted((a, b) => a - b),
        pushed.toSorted((a, b) => a - b),
      );
    });

    for (const how of ['destroy', 'end', 'resetAndDestroy'] as const) {
      test(`an item is not lost with a popper that has gone (${how})`, async () => {
        const list = uniqueName('gone');
        const gone = await sendRaw(server, `/latest/pop/${list}`, { token: alice.token });
        await delay(SETTLED_MS);
        gone.socket[how]();
        await push(server, alice.token, list, 'kept');
        assert.equal((await pop(server, alice.token, list)).data, 'kept');
      });
    }

    test('items survive restarts; one that was under way comes back', async () => {
      const list = uniqueName('killed');
      for (let n = 0; n < 3; n += 1) await push(server, alice.token, list, n);
      await server.kill9();
      await server.restart();
      assert.equal((await pop(server, alice.token, list)).data, 0);
      await delay(300);
      // The client stops reading, so that the server dies before it knows what became of the item.
      const request = await sendRaw(server, `/latest/pop/${list}`, { token: alice.token });
      await eventually('it is answered', () => (request.received().includes('"data":1') ? true : undefined));
      await server.kill9();
      await server.restart();
      assert.equal((await pop(server, alice.token, list)).data, 2);
      const again = await pop(server, alice.token, list);
      assert.equal(again.data, 1);
    });

    test('a stopping server takes no item along, and poppers may ask again', async () => {
      const list = uniqueName('stopped');
      const waiting = call(server, 'GET', `/latest/pop/${list}`, { token: alice.token });
      await delay(SETTLED_MS);
      await push(server, alice.token, list, 'first');
      assert.equal((await waiting).status, 200);
      const second = call(server, 'GET', `/latest/pop/${list}`, { token: alice.token });
      await delay(SETTLED_MS);
      await server.restart();
      const { status, headers } = await second;
      assert.equal(status, 503);
      assert.match(headers.get('retry-after') ?? '', /^\d+$/);
      await push(server, alice.token, list, 'second');
      assert.equal((await pop(server, alice.token, list)).data, 'second');
    });
  },
  { ownProcess: true },
);
