import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { adminToken } from '../helpers/accounts.ts';
import { cleanUpAfterFile } from '../helpers/cleanup.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { eventually } from '../helpers/eventually.ts';
import { call } from '../helpers/http.ts';
import { startServer } from '../helpers/server.ts';

interface Attribute {
  key: string;
  value: Record<string, unknown>;
}
interface Span {
  name: string;
  traceId: string;
  parentSpanId?: string;
  attributes: Attribute[];
}
interface Export {
  resourceSpans: Array<{
    resource: { attributes: Attribute[] };
    scopeSpans: Array<{ spans: Span[] }>;
  }>;
}

/** What a collector gets. */
async function startCollector() {
  const exports: Export[] = [];
  const collector = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (request.url === '/v1/traces') exports.push(JSON.parse(Buffer.concat(chunks).toString()));
    response.setHeader('content-type', 'application/json').end('{}');
  });
  collector.listen(0, '127.0.0.1');
  await once(collector, 'listening');
  cleanUpAfterFile(async () => {
    collector.close();
    collector.closeAllConnections();
  });
  const spans = () =>
    exports.flatMap((e) => e.resourceSpans.flatMap((r) => r.scopeSpans.flatMap((s) => s.spans)));
  const url = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  return { url, exports, spans };
}

const of = (attributes: Attribute[], key: string): unknown =>
  Object.values(attributes.find((each) => each.key === key)?.value ?? {})[0];

forEachEngine('traces', (engine) => {
  test('go to where the standard variables say, below those of the caller', async () => {
    const collector = await startCollector();
    const server = await startServer({
      engine,
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_SERVICE_NAME: 'kci-test' },
    });
    const token = await adminToken(server);
    const [traceId, spanId] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];
    const traceparent = `00-${traceId}-${spanId}-01`;
    await call(server, 'GET', '/latest/whoami', { token, headers: { traceparent } });
    await server.stop();
    const span = await eventually('the span is sent', () =>
      collector.spans().find(({ name }) => name === 'GET /whoami'),
    );
    assert.equal(span.traceId, traceId);
    assert.equal(span.parentSpanId, spanId);
    assert.equal(of(span.attributes, 'http.response.status_code'), 200);
    assert.equal(of(span.attributes, 'http.route'), '/whoami');
    assert.equal(of(span.attributes, 'enduser.id'), 'admin');
    const resource = collector.exports[0]?.resourceSpans[0]?.resource.attributes ?? [];
    assert.equal(of(resource, 'service.name'), 'kci-test');
  });

  test('are not made when the variables turn them off', async () => {
    const collector = await startCollector();
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_EXPORTER: 'none' };
    const server = await startServer({ engine, env });
    await call(server, 'GET', '/latest/count');
    await server.stop();
    assert.deepEqual(collector.exports, []);
  });
});
