import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { before, test } from 'node:test';
import { adminToken } from '../helpers/accounts.ts';
import { createDatabase } from '../helpers/databases.ts';
import { forEachEngine, onlyOn } from '../helpers/engines.ts';
import { publish, subscribe } from '../helpers/events.ts';
import { call } from '../helpers/http.ts';
import { uniqueName } from '../helpers/kci-workspace.ts';
import { readMetrics, readValue, untilMetric, valueIn } from '../helpers/metrics.ts';
import { createNode } from '../helpers/nodes.ts';
import { startOwnPostgres } from '../helpers/own-postgres.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { startTcpProxy } from '../helpers/tcp-proxy.ts';

const TRANSACTIONS = 'kci_database_transaction_duration_seconds';
const MEGABYTE = 1024 * 1024;

forEachEngine(
  'metrics of the database',
  (engine) => {
    let server: TestServer;
    let admin: string;

    before(async () => {
      server = await startServer({ engine });
      admin = await adminToken(server);
    });

    const count = async (outcome: string) =>
      (await readValue(server, `${TRANSACTIONS}_count`, { outcome })) ?? -1;

    test('transactions and their durations, by what became of them', async () => {
      const before = await count('committed');
      for (let n = 0; n < 3; n += 1) await createNode(server, admin);
      assert.ok((await count('committed')) >= before + 3);
      const metrics = await readMetrics(server);
      assert.equal(metrics.types.get(TRANSACTIONS), 'histogram');
      const buckets = metrics.samples.filter(
        ({ name, labels }) => name === `${TRANSACTIONS}_bucket` && labels.outcome === 'committed',
      );
      const last = buckets.at(-1);
      assert.equal(last?.labels.le, '+Inf');
      assert.equal(last?.value, valueIn(metrics, `${TRANSACTIONS}_count`, { outcome: 'committed' }));
      assert.ok((valueIn(metrics, `${TRANSACTIONS}_sum`, { outcome: 'committed' }) ?? 0) > 0);
    });

    test('one that is rolled back is no committed one', async () => {
      const rolledBack = await count('rolled_back');
      const json = { name: uniqueName('group') };
      const statuses = [];
      for (let n = 0; n < 2; n += 1) {
        statuses.push((await call(server, 'POST', '/latest/group', { token: admin, json })).status);
      }
      assert.deepEqual(statuses, [200, 400]);
      assert.equal(await count('rolled_back'), rolledBack + 1);
      assert.equal(await count('unavailable'), 0);
    });

    test('whether it answers, and how large it is', async () => {
      assert.equal(await readValue(server, 'kci_database_up'), 1);
      const size = (await readValue(server, 'kci_database_size_bytes')) ?? 0;
      assert.ok(size > 0);
      // What compresses well would not need as much room on either engine.
      const data = randomBytes(MEGABYTE).toString('hex');
      await publish(server, admin, uniqueName('channel'), data);
      await untilMetric(server, 'kci_database_size_bytes', {}, (now) => now > size);
    });

    test('what its engine has beside: the log of the file, or connections', async () => {
      const metrics = await readMetrics(server);
      const log = valueIn(metrics, 'kci_database_wal_bytes');
      const connections = metrics.samples.filter(({ name }) => name === 'kci_database_pool_connections');
      const waiting = valueIn(metrics, 'kci_database_pool_waiting');
      if (engine === 'sqlite') {
        assert.ok(log !== undefined && log > 0);
        assert.deepEqual([connections.length, waiting], [0, undefined]);
      } else {
        assert.equal(log, undefined);
        assert.deepEqual(connections.map(({ labels }) => labels.state).sort(), ['idle', 'in_use']);
        assert.ok(connections.reduce((sum, { value }) => sum + value, 0) > 0);
        assert.equal(waiting, 0);
      }
    });
  },
  { ownProcess: true },
);

/** Somebody who waits for an event that does not come. */
async function beginListen(server: TestServer, signal: AbortSignal): Promise<void> {
  const token = await adminToken(server);
  const id = await subscribe(server, token, uniqueName('channel'));
  const headers = { Authorization: `Bearer ${token}` };
  fetch(`${server.url}/latest/listen/${id}`, { headers, signal }).catch(() => undefined);
  await untilMetric(server, 'kci_listeners', {}, 1);
}

onlyOn('postgres', 'metrics without a database', () => {
  test('what the process knows by itself is shown, and that the database is down', async () => {
    const postgres = await startOwnPostgres();
    const server = await startServer({ engine: 'postgres', env: { DATABASE_URL: postgres.url } });
    await untilMetric(server, 'kci_database_up', {}, 1);
    assert.equal(await readValue(server, 'kci_mails_waiting'), 0);
    const gone = new AbortController();
    await beginListen(server, gone.signal);
    await postgres.kill9();
    await untilMetric(server, 'kci_database_up', {}, 0);
    const metrics = await readMetrics(server);
    for (const name of ['kci_database_size_bytes', 'kci_mails_waiting', 'kci_lifecycle_late_seconds']) {
      assert.equal(valueIn(metrics, name), undefined, name);
    }
    for (const name of ['kci_listeners', 'kci_database_pool_waiting', 'nodejs_eventloop_lag_seconds']) {
      assert.notEqual(valueIn(metrics, name), undefined, name);
    }
    assert.ok((valueIn(metrics, 'process_resident_memory_bytes') ?? 0) > 0);
    assert.ok((valueIn(metrics, 'http_requests_total') ?? 0) > 0);
    // That it waits no longer is to be written down.
    gone.abort();
    await untilMetric(server, `${TRANSACTIONS}_count`, { outcome: 'unavailable' }, (count) => count > 0);
    await postgres.restart();
    await untilMetric(server, 'kci_database_up', {}, 1);
    await untilMetric(server, 'kci_mails_waiting', {}, 0);
  });

  test('nor is a scrape held up by a database that does not say a word', async () => {
    const { url } = await createDatabase();
    const { hostname, port } = new URL(url);
    const proxy = await startTcpProxy({ host: hostname, port: Number(port) });
    const through = Object.assign(new URL(url), { hostname: '127.0.0.1', port: `${proxy.port}` });
    const server = await startServer({ engine: 'postgres', env: { DATABASE_URL: through.href } });
    await untilMetric(server, 'kci_database_up', {}, 1);
    proxy.hold();
    await untilMetric(server, 'kci_database_up', {}, 0);
    assert.equal(await readValue(server, 'kci_mails_waiting'), undefined);
    assert.equal(await readValue(server, 'kci_listeners'), 0);
    proxy.release();
    await untilMetric(server, 'kci_database_up', {}, 1);
    assert.equal(await readValue(server, 'kci_mails_waiting'), 0);
  });
});
