import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failure, json, serve } from './api-fixture.ts';
import { createClient, NotAnApiError } from './index.ts';

const lines = (asked: { line: string; body: string }[]) => asked.map(({ line, body }) => `${line} ${body}`);

describe('requests about telemetry and values by key', () => {
  test('are as the contract has them; reading telemetry sends no token', async (t) => {
    const { url, asked } = await serve(t, (request, response) => {
      const answers: [RegExp, unknown][] = [
        [/POST .*telemetry/, { inserted: 1 }],
        [/stats/, []],
        [/anomalies/, { result_anomalies: [], error_anomalies: [] }],
        [/telemetry/, { items: [], total: 0, limit: 50, offset: 0 }],
        [/POST .*kv/, 'OK'],
        [/DELETE/, 'Key-value pair deleted successfully'],
      ];
      const line = `${request.method} ${request.url}`;
      json(response, 200, answers.find(([path]) => path.test(line))?.[1] ?? null);
    });
    const { telemetry, kv } = createClient({ baseUrl: url, token: 'secret' });
    assert.deepEqual(await telemetry.send([{ kind: 'job_skip', runtime: 'lab' }]), { inserted: 1 });
    assert.equal((await telemetry.find({ runtime: 'lab' }, { limit: 2, offset: 4 })).total, 0);
    assert.deepEqual(await telemetry.stats(['kind', 'tree'], { since: '2026-11-24' }), []);
    await telemetry.anomalies({ window: '1h', threshold: 0.3, minTotal: 2, scope: 'device' });
    assert.equal(await kv.get('ns', 'a/b'), null);
    assert.equal(await kv.set('ns', 'key', 'x"y'), 'OK');
    await kv.delete('ns', 'key');
    assert.deepEqual(lines(asked), [
      'POST /latest/telemetry [{"kind":"job_skip","runtime":"lab"}]',
      'GET /latest/telemetry?runtime=lab&limit=2&offset=4 ',
      'GET /latest/telemetry/stats?group_by=kind%2Ctree&since=2026-11-24 ',
      'GET /latest/telemetry/anomalies?window=1h&threshold=0.3&min_total=2&scope=device ',
      'GET /latest/kv/ns/a%2Fb ',
      'POST /latest/kv/ns/key "x\\"y"',
      'DELETE /latest/kv/ns/key ',
    ]);
    const withToken = asked.filter(({ headers }) => headers.authorization === 'Bearer secret');
    assert.deepEqual(
      withToken.map(({ line }) => line.split(' ')[0]),
      ['POST', 'GET', 'POST', 'DELETE'],
    );
  });

  test('answers of another form are no answers', async (t) => {
    const { url } = await serve(t, (_request, response) => json(response, 200, { hello: 'world' }));
    const { telemetry, kv } = createClient({ baseUrl: url });
    await failure(telemetry.send([]), NotAnApiError);
    await failure(telemetry.find(), NotAnApiError);
    await failure(telemetry.anomalies(), NotAnApiError);
    await failure(kv.get('a', 'b'), NotAnApiError);
  });
});
