import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { adminToken } from '../helpers/accounts.ts';
import { forEachEngine, onlyOn } from '../helpers/engines.ts';
import { publish } from '../helpers/events.ts';
import { eventually } from '../helpers/eventually.ts';
import {
  addEntries,
  dataOf,
  type FeedEntry,
  feedCall,
  logEnd,
  metric,
  readAll,
  readFeed,
  removeEntries,
} from '../helpers/feed.ts';
import { call } from '../helpers/http.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const MANY = 45_000;

const waitingConnections = (server: TestServer, count: number) =>
  eventually(`${count} connections wait`, async () =>
    (await metric(server, 'kci_feed_waiting')) === count ? true : undefined,
  );

/** Publishes numbers until the server does not answer. Answers those that were acknowledged. */
async function publishOn(server: TestServer, token: string, from: number): Promise<number[]> {
  const acknowledged: number[] = [];
  for (let n = from; ; n += 1) {
    const json = { data: n };
    const answer = await call(server, 'POST', '/latest/publish/storm', { token, json }).catch(
      () => undefined,
    );
    if (answer?.status !== 200) return acknowledged;
    acknowledged.push(n);
  }
}

forEachEngine(
  'the feed of a server',
  (engine) => {
    describe('with a long log', () => {
      test('one request looks at a part of it, and the next goes on from there', async () => {
        const server = await startServer({ engine });
        await addEntries(server, 'long', MANY);
        const all = await readAll(server, { limit: 1000 });
        assert.deepEqual(
          all.entries.map(({ data }) => (data as { n: number }).n),
          Array.from({ length: MANY }, (_, i) => i + 1),
        );
        for (const query of [{ n: MANY }, { channel: 'long', n: MANY }]) {
          const { entries, pages } = await readAll(server, query);
          assert.deepEqual(
            entries.map(({ data }) => (data as { n: number }).n),
            [MANY],
          );
          const [first] = pages;
          assert.ok(
            first !== undefined && first.items.length === 0 && first.next < MANY,
            JSON.stringify(first),
          );
          assert.ok(pages.length > 2);
        }
        // It answers with what there is so far, and does not wait for the rest.
        const part = await readFeed(server, { n: MANY, wait: 60 });
        assert.deepEqual(part.items, []);
        assert.ok(part.next < MANY);
      });

      test('entries that are gone are told of, with where to go on', async () => {
        const server = await startServer({ engine, env: { KCI_HOUSEKEEPING_SECONDS: '1' } });
        const admin = await adminToken(server);
        for (const n of [1, 2, 3]) await publish(server, admin, 'old', n);
        const gone = await logEnd(server);
        await removeEntries(server);
        await publish(server, admin, 'new', 4);
        for (const after of [0, gone - 1]) {
          for (const wait of [0, 60]) {
            const { status, body } = await feedCall(server, { after, wait });
            assert.equal(status, 410);
            assert.deepEqual(Object.keys(body), ['detail', 'oldest']);
            assert.equal(body.oldest, gone);
            assert.match((body as unknown as { detail: string }).detail, new RegExp(`${gone}`));
          }
        }
        for (const query of [{ after: gone }, {}]) {
          const page = await readFeed(server, query);
          assert.deepEqual(dataOf(page.items), [4]);
          assert.equal(page.oldest, gone);
        }
        await server.restart();
        assert.equal((await feedCall(server, { after: 0 })).status, 410);
        await removeEntries(server);
        const page = await readFeed(server);
        assert.deepEqual(page, { items: [], next: page.oldest, oldest: gone + 1 });
      });
    });

    test('a position outlives restarts and crashes: what was acknowledged comes once, in order', async () => {
      const server = await startServer({ engine });
      const admin = await adminToken(server);
      const acknowledged: number[] = [];
      const seen: FeedEntry[] = [];
      let position = await logEnd(server);
      const follow = async (until: () => boolean) => {
        while (!until()) {
          const answer = await feedCall(server, { after: position, limit: 7, wait: 1 }).catch(
            () => undefined,
          );
          if (answer === undefined) return;
          assert.equal(answer.status, 200, answer.text);
          seen.push(...answer.body.items);
          position = answer.body.next;
        }
      };
      for (const end of ['kill9', 'stop', 'kill9'] as const) {
        const before = acknowledged.length;
        const publishing = publishOn(server, admin, before * 10);
        const following = follow(() => false);
        await eventually('something is seen', () => (seen.length >= before + 20 ? true : undefined));
        await server[end]();
        acknowledged.push(...(await publishing));
        await following;
        await server.restart();
      }
      const end = await logEnd(server);
      await follow(() => position >= end);
      const numbers = dataOf(seen) as number[];
      const known = new Set(acknowledged);
      // Of what was not answered, nobody knows whether it happened.
      assert.deepEqual(
        numbers.filter((n) => known.has(n)),
        acknowledged,
      );
      assert.equal(new Set(seen.map(({ sequence_id }) => sequence_id)).size, seen.length);
    });

    test('few connections without a token may wait at once, those with one any number', async () => {
      const env = { KCI_FEED_WAITING_PER_ADDRESS: '2', KCI_FEED_WAITING: '5' };
      const server = await startServer({ engine, env });
      const admin = await adminToken(server);
      const wait = { after: 'latest', wait: 60 };
      const waiting = [readFeed(server, wait), readFeed(server, wait)];
      await waitingConnections(server, 2);
      for (const options of [{}, { token: 'nonsense' }]) {
        const { status, headers, text } = await feedCall(server, wait, options);
        assert.equal(status, 429, text);
        assert.ok(Number(headers.get('retry-after')) > 0);
      }
      const stream = await call(server, 'GET', '/latest/feed/stream');
      assert.equal(stream.status, 429);
      // What does not wait is not limited.
      assert.deepEqual((await readFeed(server, { after: 'latest' })).items, []);
      const known = Array.from({ length: 4 }, () => feedCall(server, wait, { token: admin }));
      let told = 0;
      for (const answer of [...waiting, ...known]) {
        answer.then(
          () => (told += 1),
          () => undefined,
        );
      }
      await eventually('all are told', async () => {
        await publish(server, admin, 'news', 1);
        return told === 6 ? true : undefined;
      });
      for (const { status } of await Promise.all(known)) assert.equal(status, 200);
      await waitingConnections(server, 0);
      const again = readFeed(server, wait);
      await waitingConnections(server, 1);
      await publish(server, admin, 'news', 2);
      assert.deepEqual(dataOf((await again).items), [2]);
    });

    test('of all addresses together only so many', async () => {
      const env = {
        KCI_FEED_WAITING_PER_ADDRESS: '2',
        KCI_FEED_WAITING: '3',
        KCI_TRUSTED_PROXIES: 'loopback',
      };
      const server = await startServer({ engine, env });
      const admin = await adminToken(server);
      const from = (address: string) =>
        feedCall(
          server,
          { after: 'latest', wait: 60 },
          { headers: { 'X-Forwarded-For': address, 'X-Forwarded-Proto': 'http' } },
        );
      const waiting = [from('2001:db8::1'), from('2001:db8:0:0:5::2')];
      await waitingConnections(server, 2);
      // One network, one neighbour.
      assert.equal((await from('2001:db8::ffff')).status, 429);
      waiting.push(from('::ffff:10.0.0.1'));
      await waitingConnections(server, 3);
      assert.equal((await from('2001:db8:1::1')).status, 429);
      await publish(server, admin, 'news', 1);
      for (const { status } of await Promise.all(waiting)) assert.equal(status, 200);
    });

    test('clients that go away give their places back', async () => {
      const server = await startServer({ engine, env: { KCI_FEED_WAITING_PER_ADDRESS: '1' } });
      for (const path of ['/latest/feed?after=latest&wait=60', '/latest/feed/stream']) {
        const controller = new AbortController();
        const waiting = fetch(server.url + path, { signal: controller.signal }).catch(() => undefined);
        await waitingConnections(server, 1);
        controller.abort();
        await waiting;
        await waitingConnections(server, 0);
      }
    });

    test('a server that stops answers those who wait', async () => {
      const server = await startServer({ engine });
      const waiting = [1, 2].map(() => readFeed(server, { after: 'latest', wait: 60 }));
      await waitingConnections(server, 2);
      assert.equal(await server.stop(), 0);
      for (const page of await Promise.all(waiting)) assert.deepEqual(page.items, []);
      assert.doesNotMatch(server.logs(), /in flight/);
    });
  },
  { ownProcess: true },
);

onlyOn('postgres', 'the feed of two instances', (engine) => {
  test('is one: a position of one is a position of the other', async () => {
    const server = await startServer({ engine });
    const sibling = await server.startSibling();
    const admin = await adminToken(server);
    let position = await logEnd(server);
    for (let n = 0; n < 20; n += 1) {
      const [here, there] = n % 2 === 0 ? [server, sibling] : [sibling, server];
      const waiting = readFeed(there, { after: position, wait: 60 });
      await publish(here, admin, 'both', n);
      const page = await waiting;
      assert.deepEqual(dataOf(page.items), [n]);
      // Right away, whether the other has heard of it or not.
      assert.deepEqual((await readFeed(here, { after: page.next })).items, []);
      position = page.next;
    }
  });
});
