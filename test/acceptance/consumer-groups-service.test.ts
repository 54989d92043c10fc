import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adminToken } from '../helpers/accounts.ts';
import { type ClaimedEntry, groupClient, idsOf } from '../helpers/consumer-groups.ts';
import { forEachEngine, onlyOn } from '../helpers/engines.ts';
import { publish } from '../helpers/events.ts';
import { eventually } from '../helpers/eventually.ts';
import { addEntries, dataOf, metric, removeEntries } from '../helpers/feed.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const LOST = 'kci_events_lost_total{reader="group"}';

/** What a log line about a gap says. */
function gapsIn(server: TestServer): unknown[] {
  const lines = server
    .logs()
    .split('\n')
    .filter((line) => line.includes('events were removed'));
  return lines.map((line) => {
    const { group, user, missed } = JSON.parse(line) as Record<string, unknown>;
    return { group, user, missed };
  });
}

/** Claims and acknowledges until `isDone`, and through times in which nobody answers. Answers what was claimed. */
async function work(server: { url: string }, token: string, isDone: () => boolean): Promise<ClaimedEntry[]> {
  const group = groupClient(server, token, 'workers');
  const claimed: ClaimedEntry[] = [];
  while (!isDone()) {
    try {
      const { items } = await group.claim({ limit: 3, wait: 0.5 });
      claimed.push(...items);
      if (items.length > 0) await group.ack(idsOf(items));
    } catch (error) {
      // Only that nobody answers is expected.
      assert.ok(error instanceof TypeError, String(error));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return claimed;
}

forEachEngine(
  'consumer groups of a server',
  (engine) => {
    test('lose nothing when it is killed while workers work', async () => {
      const server = await startServer({ engine });
      const admin = await adminToken(server);
      const group = groupClient(server, admin, 'workers');
      await group.put({ channel: 'storm', visibility_seconds: 1, max_deliveries: 1000 });
      const published: number[] = [];
      let isDone = false;
      const workers = [1, 2, 3].map(() => work(server, admin, () => isDone));
      for (const round of [1, 2, 3]) {
        for (let n = 0; n < 25; n += 1) {
          await publish(server, admin, 'storm', round * 100 + n);
          published.push(round * 100 + n);
        }
        await server.kill9();
        await server.restart();
      }
      await eventually('all is acknowledged', async () => {
        const { lag, pending } = await group.get();
        return lag === 0 && pending === 0 ? true : undefined;
      });
      isDone = true;
      const all = (await Promise.all(workers)).flat();
      assert.deepEqual(
        [...new Set(dataOf(all))].sort((a, b) => Number(a) - Number(b)),
        published,
      );
    });

    test('stay where they are over a restart, with what is claimed', async () => {
      const server = await startServer({ engine });
      const admin = await adminToken(server);
      const group = groupClient(server, admin, 'kept');
      await group.put({ filter: { n__gte: 2 }, visibility_seconds: 3600 });
      for (const n of [1, 2, 3, 4]) await publish(server, admin, 'chan', { n });
      const { items } = await group.claim({ limit: 2 });
      const before = await group.get();
      assert.equal(before.pending, 2);
      for (const end of ['kill9', 'stop'] as const) {
        await server[end]();
        await server.restart();
        assert.deepEqual(await group.get(), before);
      }
      assert.deepEqual(dataOf((await group.claim()).items), [{ n: 4 }]);
      assert.equal(await group.ack(idsOf(items)), 2);
    });

    test('find the one entry of a long log that is theirs', async () => {
      const server = await startServer({ engine });
      const admin = await adminToken(server);
      const group = groupClient(server, admin, 'rare');
      await group.put({ filter: { n: 45_000 } });
      await addEntries(server, 'long', 45_000);
      // One claim looks at a part of the log, and the next goes on from there.
      const first = await group.claim();
      assert.deepEqual(first.items, []);
      const { position, lag } = await group.get();
      assert.ok(position > 0 && lag > 0);
      const { items } = await group.claim({ wait: 60 });
      assert.deepEqual(
        items.map(({ data }) => (data as { n: number }).n),
        [45_000],
      );
    });

    test('are told what they have missed, once, and so are the log and the metrics', async () => {
      const server = await startServer({ engine, env: { KCI_HOUSEKEEPING_SECONDS: '1' } });
      const admin = await adminToken(server);
      const late = groupClient(server, admin, 'late');
      const slow = groupClient(server, admin, 'slow');
      const prompt = groupClient(server, admin, 'prompt');
      await late.put();
      await slow.put({ visibility_seconds: 1 });
      await prompt.put({ visibility_seconds: 3600 });
      for (const n of [1, 2, 3]) await publish(server, admin, 'old', n);
      const claimed = await slow.claim({ limit: 2 });
      assert.equal(claimed.items.length, 2);
      const held = idsOf((await prompt.claim()).items);
      await removeEntries(server);
      // What a process remembers it still tells.
      await server.restart();
      assert.equal(await metric(server, LOST), 0);
      await publish(server, admin, 'new', 4);

      const answer = await late.send<{ items: ClaimedEntry[]; missed: number }>('POST', '/claim', {
        wait: 60,
      });
      assert.deepEqual([dataOf(answer.body.items), answer.body.missed], [[4], 3]);
      assert.match(answer.headers.get('warning') ?? '', /^199 - ".*\b3 events were removed/);
      assert.equal(await metric(server, LOST), 3);
      const { headers, body } = await late.send<{ missed: number }>('POST', '/claim', {});
      assert.deepEqual([headers.get('warning'), body.missed], [null, 0]);

      // Two that were claimed and whose time is over, and the one behind them.
      const missed = await slow.claim({ wait: 60 });
      assert.deepEqual([dataOf(missed.items), missed.missed], [[4], 3]);
      assert.equal(await metric(server, LOST), 6);
      assert.equal((await slow.get()).pending, 1);
      assert.deepEqual(gapsIn(server), [
        { group: 'late', user: 'admin', missed: 3 },
        { group: 'slow', user: 'admin', missed: 3 },
      ]);

      // What somebody still works on is not lost.
      assert.equal(await prompt.ack(held), 3);
      const next = await prompt.claim();
      assert.deepEqual([dataOf(next.items), next.missed], [[4], 0]);
    });

    test('answer those who wait when the server stops', async () => {
      const server = await startServer({ engine });
      const admin = await adminToken(server);
      const group = groupClient(server, admin, 'group');
      await group.put();
      const waiting = [1, 2].map(() => group.claim({ wait: 60 }));
      // Whoever is answered without waiting came after those who wait.
      await group.claim();
      assert.equal(await server.stop(), 0);
      for (const claimed of await Promise.all(waiting)) assert.deepEqual(claimed, { items: [], missed: 0 });
      assert.doesNotMatch(server.logs(), /in flight/);
    });
  },
  { ownProcess: true },
);

onlyOn('postgres', 'consumer groups of two instances', (engine) => {
  test('are one: no entry goes to two workers, and none is lost', async () => {
    const server = await startServer({ engine });
    const sibling = await server.startSibling();
    const admin = await adminToken(server);
    await groupClient(server, admin, 'workers').put({ channel: 'both' });
    let isDone = false;
    const workers = [server, sibling, server, sibling].map((at) => work(at, admin, () => isDone));
    for (let n = 0; n < 100; n += 1) await publish(n % 2 === 0 ? server : sibling, admin, 'both', n);
    const group = groupClient(sibling, admin, 'workers');
    await eventually('all is acknowledged', async () => {
      const { lag, pending } = await group.get();
      return lag === 0 && pending === 0 ? true : undefined;
    });
    isDone = true;
    const all = (await Promise.all(workers)).flat();
    assert.deepEqual(
      dataOf(all).sort((a, b) => Number(a) - Number(b)),
      Array.from({ length: 100 }, (_, n) => n),
    );
  });

  test('what is given back through one goes to who waits at the other', async () => {
    const server = await startServer({ engine });
    const sibling = await server.startSibling();
    const admin = await adminToken(server);
    const [here, there] = [server, sibling].map((at) => groupClient(at, admin, 'shared'));
    assert.ok(here && there);
    await here.put({ visibility_seconds: 3600 });
    await publish(server, admin, 'chan', 1);
    const ids = idsOf((await here.claim()).items);
    const waiting = there.claim({ wait: 60 });
    await here.release(ids);
    assert.deepEqual(
      (await waiting).items.map(({ delivery_count }) => delivery_count),
      [2],
    );
  });
});
