import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adminToken } from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { listenCall, publish, subscribe } from '../helpers/events.ts';
import { eventually } from '../helpers/eventually.ts';
import { call } from '../helpers/http.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

/** Events are kept for a second, which housekeeping looks after every second. */
const SHORT = { EVENT_HISTORY_TTL_SECONDS: '1', KCI_HOUSEKEEPING_SECONDS: '1' };

async function lost(server: TestServer): Promise<number> {
  const { text } = await call(server, 'GET', '/latest/metrics');
  const count = /^kci_events_lost_total\{reader="listen"\} (\d+)$/m.exec(text)?.[1];
  assert.ok(count !== undefined, text);
  return Number(count);
}

const isEmpty = (server: TestServer) =>
  eventually('the events are gone', async () => {
    const { body } = await call<unknown[]>(server, 'GET', '/latest/events');
    return body.length === 0 ? true : undefined;
  });

forEachEngine(
  'events that are older than they are kept',
  (engine) => {
    for (const [who, query] of [
      ['a subscriber', ''],
      ['a durable subscriber', 'subscriber_id=late'],
    ] as const) {
      test(`${who} that comes too late is told so, once, and so are the log and the metrics`, async () => {
        const server = await startServer({ engine, env: SHORT });
        const token = await adminToken(server);
        const id = await subscribe(server, token, 'chan', query);
        for (const data of [1, 2, 3]) await publish(server, token, 'chan', data);
        // What a process remembers it still tells.
        await server.kill9();
        await server.restart();
        await isEmpty(server);
        assert.equal(await lost(server), 0);
        if (query !== '') assert.equal(await subscribe(server, token, 'chan', query), id);
        const waiting = listenCall(server, token, id);
        await eventually('it is noticed', async () => ((await lost(server)) === 3 ? true : undefined));
        await publish(server, token, 'chan', 4);
        const { status, headers, body } = await waiting;
        assert.equal(status, 200);
        assert.equal(JSON.parse(body.data).data, 4);
        assert.match(headers.get('warning') ?? '', /^199 - ".*\b3 events were removed/);
        const line = server
          .logs()
          .split('\n')
          .find((text) => text.includes('events were removed'));
        const { subscription, channel, user, missed } = JSON.parse(line ?? '{}');
        assert.deepEqual(
          { subscription, channel, user, missed },
          { subscription: id, channel: 'chan', user: 'admin', missed: 3 },
        );
        await publish(server, token, 'chan', 5);
        const next = await listenCall(server, token, id);
        assert.equal(JSON.parse(next.body.data).data, 5);
        assert.equal(next.headers.get('warning'), null);
        assert.equal(await lost(server), 3);
      });
    }

    test('who has nothing to come late for is not warned, and no number is given twice', async () => {
      const server = await startServer({ engine, env: SHORT });
      const token = await adminToken(server);
      const busy = await subscribe(server, token, 'busy');
      await publish(server, token, 'busy', 1);
      const first = await listenCall(server, token, busy);
      await isEmpty(server);
      await server.restart();
      await publish(server, token, 'busy', 2);
      const second = await listenCall(server, token, busy);
      assert.equal(second.headers.get('warning'), null);
      const [one, two] = [first, second].map(({ body }) => JSON.parse(body.data));
      assert.equal(two.data, 2);
      assert.ok(two._sequence_id > one._sequence_id);
    });

    test('a listener that waits longer than events are kept goes on waiting', async () => {
      const server = await startServer({ engine, env: { ...SHORT, KEEP_ALIVE_PERIOD: '0' } });
      const token = await adminToken(server);
      const id = await subscribe(server, token, 'quiet');
      const waiting = listenCall(server, token, id);
      for (let n = 0; n < 3; n += 1) {
        await publish(server, token, 'noise', n);
        await isEmpty(server);
      }
      await publish(server, token, 'quiet', 'at last');
      const { headers, body } = await waiting;
      assert.equal(JSON.parse(body.data).data, 'at last');
      assert.equal(headers.get('warning'), null);
      const next = listenCall(server, token, id);
      await publish(server, token, 'quiet', 'and next');
      assert.equal(JSON.parse((await next).body.data).data, 'and next');
    });
  },
  { ownProcess: true },
);
