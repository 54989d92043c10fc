import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failure, json, serve } from './api-fixture.ts';
import { ApiError, ConnectionError, createClient, NotAnApiError, RawJson } from './index.ts';

const EVENT = { specversion: '1.0', id: 'x', source: 's', type: 't', time: 'now', data: { op: 'created' } };
const told = (event: unknown) => ({
  type: 'message',
  pattern: null,
  channel: 'node',
  data: JSON.stringify(event),
});
const lines = (asked: { line: string; body: string }[]) => asked.map(({ line, body }) => `${line} ${body}`);

describe('requests about events', () => {
  test('are as the contract has them; only reading the log sends no token', async (t) => {
    const { url, asked } = await serve(t, (request, response) => {
      const answers: [RegExp, unknown][] = [
        [/subscribe\/node/, { id: 7, channel: 'node', user: 'u', promiscuous: false }],
        [/listen/, told({ ...EVENT, owner: 'me' })],
        [/pop/, EVENT],
        [/stats|GET \/latest\/events/, []],
      ];
      json(
        response,
        200,
        answers.find(([path]) => path.test(`${request.method} ${request.url}`))?.[1] ?? null,
      );
    });
    const { events } = createClient({ baseUrl: url, token: 'secret' });
    assert.equal((await events.subscribe('node')).id, 7);
    await events.subscribe('node', { promiscuous: true, subscriberId: 'scheduler:node' });
    assert.deepEqual(await events.listen(7), { ...EVENT, owner: 'me' });
    assert.equal(await events.unsubscribe(7), null);
    await events.publish('a/b', { data: 'x' });
    await events.push('list', new RawJson('{"data":1.0}'));
    assert.deepEqual(await events.pop('list'), EVENT);
    await events.stats();
    assert.deepEqual(await Array.fromAsync(events.each({ kind: 'job' }, { limit: 2, recursive: true })), []);
    assert.deepEqual(await events.list({ 'data.x__gt': '1' }, { from: '2026-11-24' }), []);
    assert.deepEqual(lines(asked), [
      'POST /latest/subscribe/node ',
      'POST /latest/subscribe/node?promisc=true&subscriber_id=scheduler%3Anode ',
      'GET /latest/listen/7 ',
      'POST /latest/unsubscribe/7 ',
      'POST /latest/publish/a%2Fb {"data":"x"}',
      'POST /latest/push/list {"data":1.0}',
      'GET /latest/pop/list ',
      'GET /latest/stats/subscriptions ',
      'GET /latest/events?limit=2&recursive=true&kind=job ',
      'GET /latest/events?from=2026-11-24&data.x__gt=1 ',
    ]);
    assert.deepEqual(
      asked.map(({ headers }) => headers.authorization !== undefined),
      [...Array(8).fill(true), false, false],
    );
  });

  test('a pause is no event, but what somebody publishes under its name is', async (t) => {
    const answers = [told({ ...EVENT, data: 'BEEP' }), told({ ...EVENT, data: 'BEEP', owner: 'bob' }), {}];
    const { url } = await serve(t, (_, response) => json(response, 200, answers.shift()));
    const { events } = createClient({ baseUrl: url });
    assert.equal(await events.listen(1), undefined);
    assert.equal((await events.listen(1))?.owner, 'bob');
    await failure(events.listen(1), NotAnApiError);
  });

  test('a long poll is not repeated behind the back of who asks', async (t) => {
    const { url, asked } = await serve(t, (_, response) => json(response, 503, { detail: 'busy' }));
    const { events } = createClient({ baseUrl: url });
    await failure(events.listen(1), ApiError);
    await failure(events.pop('list'), ApiError);
    assert.equal(asked.length, 2);
  });
});

describe('waiting for an event', () => {
  test('goes on through pauses, impatient proxies and restarts, which are told once', async (t) => {
    const { url, asked } = await serve(t, (_, response) => {
      if (asked.length === 1) json(response, 200, told({ ...EVENT, data: 'BEEP' }));
      else if (asked.length === 2) json(response, 504, {});
      else if (asked.length === 3) response.destroy();
      else if (asked.length === 4) json(response, 502, {});
      else json(response, 200, told(EVENT));
    });
    const troubles: (string | undefined)[] = [];
    const onTrouble = (error: Error | undefined) => troubles.push(error?.name);
    assert.deepEqual(await createClient({ baseUrl: url }).events.next(1, { onTrouble }), EVENT);
    assert.deepEqual([asked.length, troubles], [5, ['ConnectionError', undefined]]);
  });

  test('ends at once when there is nothing to wait for', async (t) => {
    const { url, asked } = await serve(t, (_, response) => json(response, 404, { detail: 'no such' }));
    const client = createClient({ baseUrl: url });
    assert.equal((await failure(client.events.next(1), ApiError)).status, 404);
    assert.equal((await failure(client.events.take('list'), ApiError)).status, 404);
    assert.equal(asked.length, 2);
    const nobody = createClient({ baseUrl: 'http://127.0.0.1:9' });
    await failure(nobody.events.next(1), ConnectionError);
  });

  test('ends when it is told to', async (t) => {
    const controller = new AbortController();
    const { url } = await serve(t, () => controller.abort());
    const waiting = createClient({ baseUrl: url }).events.take('list', { signal: controller.signal });
    await assert.rejects(waiting, { name: 'AbortError' });
  });
});
