import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { adminToken } from '../helpers/accounts.ts';
import { createDatabase } from '../helpers/databases.ts';
import { type Engine, forEachEngine } from '../helpers/engines.ts';
import { listen, listenCall, listenTo, publish, subscribe } from '../helpers/events.ts';
import { call } from '../helpers/http.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { runSql } from '../helpers/sql.ts';
import { startTcpProxy } from '../helpers/tcp-proxy.ts';

const DURABLE = 'subscriber_id=scheduler%3Achan';

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, n) => from + n);

async function publishAll(server: { url: string }, token: string, data: readonly unknown[]): Promise<void> {
  for (const one of data) await publish(server, token, 'chan', one);
}

/** Listens again and again, also when it is refused for a while, until so many were heard. */
async function hear(server: { url: string }, token: string, id: number, count: number): Promise<unknown[]> {
  const heard: unknown[] = [];
  while (heard.length < count) {
    const answer = await listenCall(server, token, id);
    if (answer.status === 200) heard.push(JSON.parse(answer.body.data).data);
    else {
      assert.equal(answer.status, 503, answer.text);
      await delay(50);
    }
  }
  return heard;
}

interface Link {
  listening: TestServer;
  publishing: TestServer;
  drop(): void;
  mend(): void;
}

/** Two processes on one database, and a way to keep the first from what happens there. */
async function twoWithALink(engine: Engine): Promise<Link> {
  if (engine !== 'postgres') {
    const listening = await startServer({ engine });
    return {
      listening,
      publishing: await listening.startSibling(),
      drop: () => process.kill(listening.pid, 'SIGSTOP'),
      mend: () => process.kill(listening.pid, 'SIGCONT'),
    };
  }
  const { url } = await createDatabase();
  const through = new URL(url);
  const proxy = await startTcpProxy({ host: through.hostname, port: Number(through.port) });
  through.hostname = '127.0.0.1';
  through.port = String(proxy.port);
  const listening = await startServer({ engine: 'sqlite', env: { DATABASE_URL: through.href } });
  const publishing = await listening.startSibling({ DATABASE_URL: url });
  return { listening, publishing, drop: () => proxy.cut(), mend: () => proxy.mend() };
}

/** Makes commits of events that say `slow` take a second, after all that the server does for them. */
async function slowCommits(server: TestServer): Promise<void> {
  if (server.databaseUrl === undefined) return;
  await runSql(
    server,
    `CREATE FUNCTION commit_slowly() RETURNS trigger LANGUAGE plpgsql AS
     $$ BEGIN IF NEW.data LIKE '%slow%' THEN PERFORM pg_sleep(1); END IF; RETURN NULL; END $$`,
  );
  await runSql(
    server,
    `CREATE CONSTRAINT TRIGGER slow_commits AFTER INSERT ON events DEFERRABLE INITIALLY DEFERRED
     FOR EACH ROW EXECUTE FUNCTION commit_slowly()`,
  );
}

forEachEngine(
  'four ways in which durable subscribers used to lose events',
  (engine) => {
    test('1,500 missed while away, then a live one, with three reconnects', async () => {
      const server = await startServer({ engine });
      const token = await adminToken(server);
      const id = await subscribe(server, token, 'chan', DURABLE);
      const lots = numbers(1500);
      for (let n = 0; n < 1500; n += 50)
        await Promise.all(lots.slice(n, n + 50).map((m) => publish(server, token, 'chan', m)));
      await publish(server, token, 'chan', 'live');
      const heard: unknown[] = [];
      for (const count of [600, 600]) {
        assert.equal(await subscribe(server, token, 'chan', DURABLE), id);
        heard.push(...(await listenTo(server, token, id, count)));
      }
      assert.equal(await subscribe(server, token, 'chan', DURABLE), id);
      while (heard.at(-1) !== 'live') heard.push(...(await listenTo(server, token, id, 1)));
      const unique = new Set(heard);
      assert.equal(unique.size, 1501);
      assert.equal([...unique].at(-1), 'live');
      assert.deepEqual(
        [...unique].filter((data) => data !== 'live').toSorted((a, b) => Number(a) - Number(b)),
        lots,
      );
    });

    test('a restart while away: 150 events before, between and after', async () => {
      const server = await startServer({ engine });
      const token = await adminToken(server);
      const id = await subscribe(server, token, 'chan', DURABLE);
      await publishAll(server, token, numbers(51));
      assert.deepEqual(await listenTo(server, token, id, 1), [0]);
      await delay(250);
      await server.kill9();
      await server.restart();
      await publishAll(server, token, numbers(50, 51));
      await server.restart();
      await publishAll(server, token, numbers(50, 101));
      assert.equal(await subscribe(server, token, 'chan', DURABLE), id);
      assert.deepEqual(await listenTo(server, token, id, 151), numbers(151));
    });

    test('the link to the database drops, 50 events, live ones again', async () => {
      const { listening, publishing, drop, mend } = await twoWithALink(engine);
      const token = await adminToken(publishing);
      const id = await subscribe(listening, token, 'chan', DURABLE);
      const hearing = hear(listening, token, id, 53);
      await publish(publishing, token, 'chan', 0);
      await delay(700);
      drop();
      await publishAll(publishing, token, numbers(50, 1));
      mend();
      await delay(700);
      await publishAll(publishing, token, numbers(2, 51));
      assert.deepEqual(await hearing, numbers(53));
    });

    test('two publishers interleave, one commits late, the subscriber reconnects', async () => {
      const server = await startServer({ engine });
      const other = await server.startSibling();
      await slowCommits(server);
      const token = await adminToken(server);
      const id = await subscribe(server, token, 'chan', DURABLE);
      const slow = publish(server, token, 'chan', 'slow');
      await delay(200);
      const quick = [publish(other, token, 'chan', 'quick'), publish(server, token, 'chan', 'third')];
      const first = listen(server, token, id);
      await delay(300);
      assert.equal(await subscribe(server, token, 'chan', DURABLE), id);
      const heard = [(await first).data, ...(await hear(other, token, id, 3))];
      await Promise.all([slow, ...quick]);
      assert.deepEqual(new Set(heard), new Set(['slow', 'quick', 'third']));
      const { body } = await call<{ data: unknown }[]>(server, 'GET', '/latest/events?channel=chan');
      const order = body.map(({ data }) => data);
      assert.equal(order[0], 'slow');
      assert.deepEqual([...new Set(heard)], order);
    });
  },
  { ownProcess: true },
);
