import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { test } from 'node:test';
import { adminToken } from '../helpers/accounts.ts';
import { killAtExit } from '../helpers/cleanup.ts';
import { onlyOn } from '../helpers/engines.ts';
import { listenCall, listenTo, publish, subscribe } from '../helpers/events.ts';
import { eventually } from '../helpers/eventually.ts';
import { addEntries, dataOf, readAll, readFeed } from '../helpers/feed.ts';
import { boundsOf, keepReading, numberNext, partitionsOf, placesOf } from '../helpers/partitions.ts';
import { collectOutput, exitOf } from '../helpers/process-output.ts';
import { API_BIN } from '../helpers/project.ts';
import { commandEnvironment, runApi } from '../helpers/run-command.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { runSql } from '../helpers/sql.ts';
import { findTelemetry, sendTelemetry } from '../helpers/telemetry.ts';

const DAY = 86_400_000;
/** Whoever publishes at the same time, and how many events each. */
const WRITERS = 8;
const EVENTS = 40;

const purge = (server: TestServer, ...args: string[]) =>
  runApi(['purge', ...args], { env: { ...server.env } });
const removed = (stdout: string): number => Number(/^Removed: (\d+)$/m.exec(stdout)?.[1]);

/** Makes the entries up to the number so old that they are to go. */
const age = (server: TestServer, through: number) =>
  runSql(server, `update events set time = 1000 + seq where seq <= ${through}`);

async function ended(child: ChildProcess): Promise<{ stdout: string }> {
  const output = collectOutput(child);
  assert.equal(await exitOf(child), 0, output.stderr);
  return output;
}

const cleared = async (server: TestServer): Promise<number> =>
  Number((await runSql(server, 'select purged_through as seq from event_log'))[0]?.seq);

onlyOn('postgres', 'partitions of the log', (engine) => {
  test('two are begun in advance, and again when one is in use', async () => {
    const server = await startServer({ engine });
    const first = ['MINVALUE 100000', '100000 200000', '200000 MAXVALUE'];
    assert.deepEqual(await boundsOf(server, 'events', 3), first);
    const { stdout } = await runApi(['doctor'], { env: { ...server.env } });
    assert.match(stdout, /^✔ events: 3 partitions, the newest has room$/m);
    const token = await adminToken(server);
    await numberNext(server, 100_000);
    await publish(server, token, 'a', 1);
    await server.restart();
    const more = ['MINVALUE 100000', '100000 200000', '200000 300000', '300000 MAXVALUE'];
    assert.deepEqual(await boundsOf(server, 'events', 4), more);
  });

  test('nothing is lost or out of order while many write, listeners wait and partitions begin', async () => {
    const one = await startServer({ engine });
    await boundsOf(one, 'events', 3);
    const two = await one.startSibling();
    const token = await adminToken(one);
    const id = await subscribe(one, token, 'storm');
    const heard = listenTo(one, token, id, WRITERS * EVENTS);
    await numberNext(one, 100_000 - 30);
    const writers = Array.from({ length: WRITERS }, async (_, writer) => {
      for (let n = 0; n < EVENTS; n += 1)
        await publish(writer % 2 === 0 ? one : two, token, 'storm', { writer, n });
    });
    // Each start looks whether partitions are to begin: the first in the old one, later ones beyond its end.
    const starts = (async () => {
      for (let n = 0; n < 3; n += 1) await (await one.startSibling()).stop();
    })();
    await Promise.all([...writers, starts]);
    const told = (await heard) as Array<{ writer: number; n: number }>;
    for (let writer = 0; writer < WRITERS; writer += 1) {
      const own = told.filter((data) => data.writer === writer).map(({ n }) => n);
      assert.deepEqual(
        own,
        Array.from({ length: EVENTS }, (_, n) => n),
      );
    }
    const { entries } = await readAll(two, { channel: 'storm' });
    assert.deepEqual(dataOf(entries), told);
    const { events_oldest: before = 0, events_from_100000: behind = 0 } = await placesOf(one, 'events');
    assert.ok(before >= 20 && behind > 0, `${before} before the border, ${behind} behind it`);
    await (await one.startSibling()).stop();
    await boundsOf(one, 'events', 4);
  });

  test('what came too far ahead of them is in the last one, which then ends behind it', async () => {
    const server = await startServer({ engine });
    await boundsOf(server, 'events', 3);
    const token = await adminToken(server);
    await numberNext(server, 250_000);
    await publish(server, token, 'far', 1);
    await server.restart();
    const bounds = await boundsOf(server, 'events', 5);
    assert.deepEqual(bounds.slice(2), ['200000 350000', '350000 450000', '450000 MAXVALUE']);
    await publish(server, token, 'far', 2);
    assert.deepEqual(dataOf((await readAll(server, { channel: 'far' })).entries), [1, 2]);
    assert.equal((await placesOf(server, 'events')).events_from_200000, 2);
  });

  test('retention drops those that are old as a whole, and of the next one what is old', async () => {
    const server = await startServer({ engine });
    await boundsOf(server, 'events', 3);
    const token = await adminToken(server);
    for (const [seq, count] of [
      [1000, 50],
      [150_000, 60],
      [200_000, 20],
    ] as const) {
      await numberNext(server, seq);
      await addEntries(server, 'old', count);
    }
    await publish(server, token, 'new', 'stays');
    await age(server, 200_004);
    const dry = await purge(server, '--dry-run');
    assert.match(dry.stdout, /^events +\S+ +115 /m);
    const before = await partitionsOf(server, 'events');
    assert.equal(before.events_from_100000, '100000 200000');

    const { code, stdout, stderr } = await purge(server);
    assert.equal(code, 0, stderr);
    assert.equal(removed(stdout), 115);
    const after = await partitionsOf(server, 'events');
    assert.equal(after.events_from_100000, undefined);
    assert.equal(after.events_oldest, 'MINVALUE 200000');
    assert.equal(await cleared(server), 200_004);
    const { items, oldest } = await readFeed(server, { after: 200_004 });
    assert.deepEqual([oldest, items[0]?.sequence_id], [200_004, 200_005]);
    const { entries } = await readAll(server, { channel: 'new' });
    assert.deepEqual(dataOf(entries), ['stays']);
    // Old entries, as an import brings them, still find their place.
    await runSql(
      server,
      "insert into events (seq, id, time, channel, listed, data) values (7, 'x', 1, 'old', 1, '1')",
    );
    assert.equal((await placesOf(server, 'events')).events_oldest, 1);
  });

  test('the server does it too, and who was away is told what is missing', async () => {
    const server = await startServer({
      engine,
      env: { EVENT_HISTORY_TTL_SECONDS: '3600', KCI_HOUSEKEEPING_SECONDS: '1' },
    });
    await boundsOf(server, 'events', 3);
    const token = await adminToken(server);
    const away = await subscribe(server, token, 'old', 'subscriber_id=away');
    await numberNext(server, 150_000);
    await addEntries(server, 'old', 40);
    await numberNext(server, 200_000);
    await publish(server, token, 'old', 'last');
    await age(server, 199_999);
    assert.deepEqual(await boundsOf(server, 'events', 2), ['MINVALUE 200000', '200000 MAXVALUE']);
    assert.equal(await subscribe(server, token, 'old', 'subscriber_id=away'), away);
    const { headers, body } = await listenCall(server, token, away);
    assert.equal(JSON.parse(body.data).data, 'last');
    assert.match(headers.get('warning') ?? '', /^199 - ".*events were removed/);
  });

  test('while somebody reads the log for long, old entries go one by one, and nobody waits', async () => {
    const server = await startServer({ engine });
    await boundsOf(server, 'events', 3);
    const token = await adminToken(server);
    for (const seq of [150_000, 200_000]) {
      await numberNext(server, seq);
      await addEntries(server, 'old', 30);
    }
    await age(server, 199_999);
    const stop = await keepReading(server, 'events');
    const { code, stdout, stderr } = await purge(server);
    assert.equal(code, 0, stderr);
    assert.equal(removed(stdout), 30);
    assert.equal((await partitionsOf(server, 'events')).events_from_100000, '100000 200000');
    await publish(server, token, 'new', 1);
    await stop();
    assert.equal(removed((await purge(server)).stdout), 0);
    assert.equal((await partitionsOf(server, 'events')).events_from_100000, undefined);
    assert.equal(await cleared(server), 150_029);
  });

  test('an export has all of its moment, also what is dropped before it comes to it', async () => {
    const server = await startServer({ engine });
    await boundsOf(server, 'events', 3);
    // Those come before the events, and more than fits into what waits to be read.
    await runSql(
      server,
      `insert into audit (id, time, action, after_json)
       select n::text, ${Date.now()}, 'filled', repeat('x', 200) from generate_series(1, 40000) as n`,
    );
    for (const seq of [150_000, 200_000]) {
      await numberNext(server, seq);
      await addEntries(server, 'old', 30);
    }
    await age(server, 199_999);
    const child = spawn(process.execPath, [API_BIN, 'export', '-'], {
      env: commandEnvironment({ env: server.env }),
    });
    const forget = killAtExit(() => child.kill('SIGKILL'));
    await eventually('the export has begun', async () => {
      const locks = await runSql(
        server,
        `select 1 from pg_locks l join pg_stat_activity using (pid)
         where relation = 'events'::regclass and state = 'idle in transaction'`,
      );
      return locks.length > 0 ? true : undefined;
    });
    assert.equal(removed((await purge(server)).stdout), 30);
    const { stdout } = await ended(child);
    forget();
    assert.equal(stdout.split('\n').filter((line) => /^\[\d+,.*"old"/.test(line)).length, 60);
    await purge(server);
    assert.equal((await partitionsOf(server, 'events')).events_from_100000, undefined);
  });
});

onlyOn('postgres', 'partitions of telemetry', (engine) => {
  const midnight = Date.now() - (Date.now() % DAY);
  const event = (ts: number) => ({ kind: 'job_skip', runtime: 'lab', ts: new Date(ts).toISOString() });

  test('are days, which begin in advance; odd times have their places', async () => {
    const server = await startServer({ engine });
    const [tomorrow, next] = [midnight + DAY, midnight + 2 * DAY];
    assert.deepEqual(await boundsOf(server, 'telemetry', 3), [
      `MINVALUE ${tomorrow}`,
      `${tomorrow} ${next}`,
      `${next} MAXVALUE`,
    ]);
    const token = await adminToken(server);
    const times = [Date.parse('9999-01-01'), next, tomorrow, midnight, Date.parse('1970-01-02')];
    await sendTelemetry(server, token, times.map(event));
    const { items, total } = await findTelemetry(server, {});
    assert.equal(total, 5);
    assert.deepEqual(
      items.map(({ ts }) => Date.parse(`${ts}Z`)),
      times,
    );
    assert.deepEqual(Object.values(await placesOf(server, 'telemetry')).sort(), [1, 2, 2]);
  });

  test('a day begins although there are times beyond it already', async () => {
    const server = await startServer({ engine, env: { TELEMETRY_TTL_SECONDS: '864000' } });
    await boundsOf(server, 'telemetry', 3);
    const token = await adminToken(server);
    const next = midnight + 2 * DAY;
    await sendTelemetry(server, token, [event(next + 1), event(next + 40 * DAY)]);
    await server.stop();
    // As if the first of them had been begun two days ago.
    await divideAt(server, [midnight - DAY]);
    const again = await server.startSibling();
    const bounds = await boundsOf(again, 'telemetry', 4);
    assert.equal(bounds.at(-1), `${next} MAXVALUE`);
    assert.equal((await findTelemetry(again, {})).total, 2);
    assert.deepEqual(Object.values(await placesOf(again, 'telemetry')), [2]);
  });

  test('retention drops days that are over, and of the next one what is old', async () => {
    const env = { KCI_HOUSEKEEPING_SECONDS: '1' };
    const server = await startServer({ engine, env });
    await boundsOf(server, 'telemetry', 3);
    await server.stop();
    await divideAt(
      server,
      [20, 19, 14, 13].map((days) => midnight - days * DAY),
    );
    const again = await server.startSibling({ KCI_HOUSEKEEPING_SECONDS: '3600' });
    await boundsOf(again, 'telemetry', 7);
    const token = await adminToken(again);
    const now = Date.now();
    await sendTelemetry(again, token, [
      ...[21, 19.5, 18, 17, 14.01].map((days) => event(now - days * DAY)),
      ...[13.99, 3].map((days) => event(now - days * DAY)),
    ]);
    const { stdout } = await purge(again);
    assert.equal(removed(stdout), 5);
    const left = await partitionsOf(again, 'telemetry');
    assert.equal(left.telemetry_oldest, `MINVALUE ${midnight - 14 * DAY}`);
    assert.equal(Object.keys(left).length, 5);
    assert.equal((await findTelemetry(again, {})).total, 2);
  });

  /** Makes the partitions anew, with borders at these moments. */
  async function divideAt(server: TestServer, borders: readonly number[]): Promise<void> {
    const sql = (text: string) => runSql(server, text);
    await sql('create table kept as select * from telemetry');
    for (const name of Object.keys(await partitionsOf(server, 'telemetry'))) await sql(`drop table ${name}`);
    const bounds = ['minvalue', ...borders, 'maxvalue'];
    for (const [i, from] of bounds.slice(0, -1).entries()) {
      const name = i === 0 ? 'telemetry_oldest' : `telemetry_from_${from}`;
      await sql(
        `create table ${name} partition of telemetry for values from (${from}) to (${bounds[i + 1]})`,
      );
    }
    await sql('insert into telemetry select * from kept');
    await sql('drop table kept');
  }
});
