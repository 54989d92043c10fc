import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { adminToken } from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { listen, listenCall, publish, subscribe } from '../helpers/events.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

forEachEngine(
  'BEEP',
  (engine) => {
    let server: TestServer;
    let token: string;

    before(async () => {
      server = await startServer({ engine, env: { KEEP_ALIVE_PERIOD: '1' } });
      token = await adminToken(server);
    });

    test('a listener for whom nothing happens is told that all is well', async () => {
      const id = await subscribe(server, token, 'quiet');
      for (let n = 0; n < 2; n += 1) {
        const { body } = await listenCall(server, token, id);
        assert.deepEqual(
          { ...body, data: '' },
          { type: 'message', pattern: null, channel: 'quiet', data: '' },
        );
        const { id: _, time: __, ...event } = JSON.parse(body.data);
        assert.deepEqual(event, {
          ...{ specversion: '1.0', source: 'https://api.kernelci.org/', type: 'api.kernelci.org' },
          data: 'BEEP',
        });
      }
    });

    test('what happens between two of them is told', async () => {
      const id = await subscribe(server, token, 'between', 'subscriber_id=between');
      assert.equal((await listen(server, token, id)).data, 'BEEP');
      await publish(server, token, 'between', 1);
      assert.equal((await listen(server, token, id)).data, 1);
      assert.equal((await listen(server, token, id)).data, 'BEEP');
      // The BEEP acknowledges nothing by itself, but asking for it did.
      assert.equal(await subscribe(server, token, 'between', 'subscriber_id=between'), id);
      assert.equal((await listen(server, token, id)).data, 'BEEP');
    });

    test('an event that comes with the BEEP is not lost', async () => {
      const id = await subscribe(server, token, 'both');
      const heard: unknown[] = [];
      for (let n = 0; n < 4; n += 1) {
        const waiting = listen(server, token, id);
        await delay(985 + n * 8);
        await publish(server, token, 'both', n);
        heard.push((await waiting).data);
      }
      while (heard.at(-1) !== 3) heard.push((await listen(server, token, id)).data);
      assert.deepEqual(
        heard.filter((data) => data !== 'BEEP'),
        [0, 1, 2, 3],
      );
    });

    test('0 turns it off', async () => {
      const silent = await startServer({ engine, env: { KEEP_ALIVE_PERIOD: '0' } });
      const admin = await adminToken(silent);
      const id = await subscribe(silent, admin, 'quiet');
      const waiting = listen(silent, admin, id);
      await delay(2500);
      await publish(silent, admin, 'quiet', 'at last');
      assert.equal((await waiting).data, 'at last');
    });
  },
  { ownProcess: true },
);
