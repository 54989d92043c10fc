import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adminToken } from '../helpers/accounts.ts';
import { undoPartitions } from '../helpers/before-partitions.ts';
import { onlyOn } from '../helpers/engines.ts';
import { listenTo, publish, subscribe } from '../helpers/events.ts';
import { addEntries, dataOf, logEnd, readAll } from '../helpers/feed.ts';
import { boundsOf, partitionsOf, placesOf } from '../helpers/partitions.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { runSql } from '../helpers/sql.ts';
import { findTelemetry, minutesAgo, sendTelemetry } from '../helpers/telemetry.ts';

const event = (minutes: number) => ({ kind: 'job_skip', runtime: 'lab', ts: minutesAgo(minutes) });

/** What indexes the table has, whichever their names are: the part behind the table's name. */
async function indexesOf(server: TestServer, table: string): Promise<string[]> {
  const rows = await runSql(server, 'select indexdef from pg_indexes where tablename = $1', [table]);
  return rows.map(({ indexdef }) => String(indexdef).replace(/ INDEX \S+ ON (ONLY )?\S+/, '')).sort();
}

onlyOn('postgres', 'a database from before there were partitions', (engine) => {
  test('becomes one with them: what there was is in the first, numbers and readers go on', async () => {
    const server = await startServer({ engine });
    const token = await adminToken(server);
    const away = await subscribe(server, token, 'chan', 'subscriber_id=away');
    for (let n = 1; n <= 3; n += 1) await publish(server, token, 'chan', n);
    await sendTelemetry(server, token, [event(100), event(10), event(-60 * 24 * 100)]);
    await addEntries(server, 'many', 2000, 100);
    const end = await logEnd(server);
    // The last ones are gone by now: their numbers are not given again.
    await runSql(server, `delete from events where seq > ${end - 5}`);
    await server.stop();
    await undoPartitions(server);
    assert.deepEqual(await partitionsOf(server, 'events'), {});

    await server.restart();
    await boundsOf(server, 'telemetry', 3);
    assert.deepEqual(await boundsOf(server, 'events', 3), [
      `MINVALUE ${end - 5 + 100_000}`,
      `${end - 5 + 100_000} ${end - 5 + 200_000}`,
      `${end - 5 + 200_000} MAXVALUE`,
    ]);
    await publish(server, token, 'chan', 4);
    assert.equal(await logEnd(server), end + 1);
    assert.equal(await subscribe(server, token, 'chan', 'subscriber_id=away'), away);
    assert.deepEqual(await listenTo(server, token, away, 4), [1, 2, 3, 4]);
    assert.deepEqual(dataOf((await readAll(server, { channel: 'chan' })).entries), [1, 2, 3, 4]);
    await sendTelemetry(server, token, [event(5)]);
    assert.equal((await findTelemetry(server, {})).total, 4);
    assert.equal(Object.keys(await placesOf(server, 'telemetry')).length, 2);
  });

  test('has the indexes of a new one in every partition', async () => {
    const [fresh, old] = [await startServer({ engine }), await startServer({ engine })];
    await boundsOf(old, 'telemetry', 3);
    await old.stop();
    await undoPartitions(old);
    await old.restart();
    await boundsOf(old, 'telemetry', 3);
    await boundsOf(fresh, 'telemetry', 3);
    for (const table of ['events', 'telemetry'] as const) {
      const expected = await indexesOf(fresh, table);
      assert.ok(expected.length > 4);
      for (const server of [fresh, old]) {
        for (const name of [table, ...Object.keys(await partitionsOf(server, table))])
          assert.deepEqual(await indexesOf(server, name), expected, name);
      }
    }
  });

  test('is changed once when several instances start at the same time', async () => {
    const server = await startServer({ engine });
    const token = await adminToken(server);
    await publish(server, token, 'chan', 1);
    await server.stop();
    await undoPartitions(server);
    await Promise.all([server.restart(), server.startSibling()]);
    assert.deepEqual(dataOf((await readAll(server, { channel: 'chan' })).entries), [1]);
    await boundsOf(server, 'events', 3);
  });
});
