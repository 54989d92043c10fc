import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { adminToken } from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { call } from '../helpers/http.ts';
import { checkout, createNode } from '../helpers/nodes.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

forEachEngine('GET /metrics', (engine) => {
  let server: TestServer;

  before(async () => {
    server = await startServer({ engine });
  });

  const read = async () => (await call(server, 'GET', '/latest/metrics')).text;
  const figure = (text: string, series: string): number => {
    const line = text.split('\n').find((each) => each.startsWith(`${series} `));
    assert.ok(line, `${series} is not among\n${text}`);
    return Number(line.slice(series.length + 1));
  };

  test('counts what was answered, as the existing server does', async () => {
    const { headers } = await call(server, 'GET', '/metrics');
    assert.match(headers.get('content-type') ?? '', /^text\/plain/);
    const series = 'http_requests_total{instance="api"}';
    const earlier = figure(await read(), series);
    await call(server, 'GET', '/latest/count');
    assert.ok(figure(await read(), series) >= earlier + 2);
  });

  test('has how long requests took, by route and status', async () => {
    const token = await adminToken(server);
    const { id } = await createNode(server, token, checkout());
    await call(server, 'GET', `/latest/node/${id}`);
    await call(server, 'GET', '/latest/node/nonsense');
    const text = await read();
    const count = (labels: string) => figure(text, `http_request_duration_seconds_count{${labels}}`);
    assert.equal(count('method="GET",route="/node/:id",status="200"'), 1);
    assert.equal(count('method="GET",route="/node/:id",status="400"'), 1);
    assert.equal(count('method="POST",route="/node",status="200"'), 1);
  });

  test('tells of events that were lost before anybody could fetch them: none', async () => {
    const text = await read();
    for (const reader of ['listen', 'group', 'webhook']) {
      assert.equal(figure(text, `kci_events_lost_total{reader="${reader}"}`), 0);
    }
    assert.ok(figure(text, 'process_resident_memory_bytes') > 0);
  });
});
