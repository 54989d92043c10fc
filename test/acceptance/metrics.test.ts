import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { adminToken } from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { call } from '../helpers/http.ts';
import { readMetrics, readValue, valueIn } from '../helpers/metrics.ts';
import { checkout, createNode } from '../helpers/nodes.ts';
import { PROJECT_ROOT } from '../helpers/project.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const ONE_ENGINE_ONLY = {
  sqlite: ['kci_database_wal_bytes'],
  postgres: ['kci_database_pool_connections', 'kci_database_pool_waiting'],
};
const WITH_REPLICAS_ONLY = ['staleness_seconds', 'reads_total', 'failed_reads_total'].map(
  (name) => `kci_replica_${name}`,
);
const PART = /_(bucket|sum|count)$/;

const namesIn = (file: string): Set<string> => {
  const text = readFileSync(path.join(PROJECT_ROOT, file), 'utf8');
  return new Set(text.match(/\b(?:kci|http|nodejs|process)_\w+/g));
};

forEachEngine('GET /metrics', (engine) => {
  let server: TestServer;

  before(async () => {
    server = await startServer({ engine });
  });

  test('counts what was answered, as the existing server does', async () => {
    const { headers } = await call(server, 'GET', '/latest/metrics');
    assert.match(headers.get('content-type') ?? '', /^text\/plain/);
    const requests = async () => (await readValue(server, 'http_requests_total', { instance: 'api' })) ?? 0;
    const earlier = await requests();
    await call(server, 'GET', '/latest/count');
    assert.ok((await requests()) >= earlier + 2);
  });

  test('has how long requests took, by route and status', async () => {
    const token = await adminToken(server);
    const { id } = await createNode(server, token, checkout());
    await call(server, 'GET', `/latest/node/${id}`);
    await call(server, 'GET', '/latest/node/nonsense');
    const metrics = await readMetrics(server);
    const count = (method: string, route: string, status: string) =>
      valueIn(metrics, 'http_request_duration_seconds_count', { method, route, status });
    assert.equal(count('GET', '/node/:id', '200'), 1);
    assert.equal(count('GET', '/node/:id', '400'), 1);
    assert.equal(count('POST', '/node', '200'), 1);
  });

  test('tells of events that were lost before anybody could fetch them: none', async () => {
    const metrics = await readMetrics(server);
    for (const reader of ['listen', 'group', 'webhook']) {
      assert.equal(valueIn(metrics, 'kci_events_lost_total', { reader }), 0);
    }
    assert.ok((valueIn(metrics, 'process_resident_memory_bytes') ?? 0) > 0);
  });

  /** What a server has in another place. */
  const elsewhere = () =>
    Object.entries(ONE_ENGINE_ONLY)
      .flatMap(([name, metrics]) => (name === server.engine ? [] : metrics))
      .concat(WITH_REPLICAS_ONLY);

  for (const file of ['deploy/alerts.yml', 'deploy/grafana-dashboard.json']) {
    test(`has every metric that ${file} asks for`, async () => {
      const { types } = await readMetrics(server);
      const known = new Set([...types.keys(), ...elsewhere()]);
      const isKnown = (name: string) =>
        known.has(name) || (types.get(name.replace(PART, '')) === 'histogram' && PART.test(name));
      const names = [...namesIn(file)];
      assert.ok(names.includes('kci_event_lag_entries'));
      assert.deepEqual(
        names.filter((name) => !isKnown(name)),
        [],
      );
    });
  }

  test('has exactly the metrics that the production guide explains', async () => {
    const { types } = await readMetrics(server);
    const own = (names: Iterable<string>) =>
      [...names].filter((name) => /^(kci|http)_/.test(name) && !elsewhere().includes(name)).sort();
    assert.deepEqual(own(namesIn('docs/production.md')), own(types.keys()));
  });

  test('every metric says what it is', async () => {
    const { text } = await call(server, 'GET', '/metrics');
    const { types } = await readMetrics(server);
    for (const name of types.keys()) assert.match(text, new RegExp(`^# HELP ${name} \\S`, 'm'));
  });
});
