import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, test } from 'node:test';
import { failure, json, serve } from './api-fixture.ts';
import { ApiError, ConnectionError, createClient, FeedGoneError } from './index.ts';

const entry = (sequence_id: number) => ({ sequence_id, channel: 'node', owner: null, data: {}, id: 'x' });
const page = (ids: number[], next: number) => ({ items: ids.map(entry), next, oldest: 0 });
const GONE = { detail: 'gone', oldest: 40 };

const stream = (response: ServerResponse, text: string) =>
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' }).write(text);
const message = (id: number) => `id: ${id}\ndata: ${JSON.stringify(entry(id))}\n\n`;

/** The first so many that come. */
async function first<T>(count: number, items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) if (found.push(item) === count) break;
  return found;
}
const idsOf = (entries: { sequence_id: number }[]) => entries.map(({ sequence_id }) => sequence_id);

describe('pages of the feed', () => {
  test('are asked for with the token, if there is one', async (t) => {
    const { url, asked } = await serve(t, (_, response) => json(response, 200, page([5], 9)));
    const { feed } = createClient({ baseUrl: url, token: 'secret' });
    const question = { channel: 'node', after: 4, limit: 2, wait: 30 };
    assert.deepEqual(await feed.page({ kind__in: 'job,test' }, question), page([5], 9));
    await feed.page({}, { after: 'oldest' });
    await feed.page({}, { after: 'latest' });
    assert.deepEqual(
      asked.map(({ line }) => line),
      [
        'GET /latest/feed?kind__in=job%2Ctest&channel=node&after=4&limit=2&wait=30',
        'GET /latest/feed',
        'GET /latest/feed?after=latest',
      ],
    );
    assert.equal(asked[0]?.headers.authorization, 'Bearer secret');
  });

  test('waiting may take longer than other requests', async (t) => {
    const { url } = await serve(t, (_, response) => {
      setTimeout(() => json(response, 200, page([], 1)), 200);
    });
    const { feed } = createClient({ baseUrl: url, timeoutMs: 50 });
    assert.equal((await feed.page({}, { wait: 10 })).next, 1);
    assert.equal((await failure(feed.page(), ConnectionError)).kind, 'timeout');
  });

  test('that are no longer kept have an error of their own', async (t) => {
    const { url } = await serve(t, (request, response) =>
      json(response, 410, request.url?.includes('after=3') ? GONE : { detail: 'another reason' }),
    );
    const { feed } = createClient({ baseUrl: url });
    const gone = await failure(feed.page({}, { after: 3 }), FeedGoneError);
    assert.deepEqual([gone.after, gone.oldest], [3, 40]);
    await failure(feed.page({}, { after: 4 }), ApiError);
  });
});

describe('following the feed', () => {
  test('goes on where the last page ended, and finds out where the end is before it waits', async (t) => {
    const pages = [page([], 7), page([8], 8), page([], 8), page([], 20), page([21, 22], 22)];
    const { url, asked } = await serve(t, (_, response) => json(response, 200, pages.shift()));
    const { feed } = createClient({ baseUrl: url });
    const found = await first(4, feed.follow({ kind: 'job' }, { after: 'latest', wait: 5, limit: 2 }));
    assert.deepEqual(
      found.map(({ next }) => next),
      [7, 8, 20, 22],
    );
    assert.deepEqual(
      asked.map(({ line }) => line.split('kind=job&')[1]),
      ['after=latest&limit=2', ...['7', '8', '8', '20'].map((after) => `after=${after}&limit=2&wait=5`)],
    );
  });

  test('waits for an API that goes away, but not at the first question', async (t) => {
    const { url, asked } = await serve(t, (_, response) => {
      if (asked.length === 1) json(response, 200, page([1], 1));
      else if (asked.length < 5) response.destroy();
      else if (asked.length === 5) json(response, 429, {}, { 'retry-after': '0' });
      else json(response, 200, page([2], 2));
    });
    const troubles: (string | undefined)[] = [];
    const onTrouble = (error: Error | undefined) => troubles.push(error?.name);
    const found = await first(2, createClient({ baseUrl: url }).feed.follow({}, { onTrouble }));
    assert.deepEqual(
      found.flatMap(({ items }) => idsOf(items)),
      [1, 2],
    );
    assert.deepEqual(troubles, ['ConnectionError', undefined]);
    const nobody = createClient({ baseUrl: 'http://127.0.0.1:9' }).feed;
    await failure(first(1, nobody.follow()), ConnectionError);
  });

  test('ends when it is told to, also while it waits', async (t) => {
    const controller = new AbortController();
    const { url, asked } = await serve(t, (_, response) => {
      if (asked.length === 1) json(response, 200, page([1], 1));
      else controller.abort();
    });
    const { feed } = createClient({ baseUrl: url });
    assert.equal((await Array.fromAsync(feed.follow({}, { signal: controller.signal }))).length, 1);
  });
});

describe('the stream', () => {
  test('goes on behind what was taken, also when nothing was of interest', async (t) => {
    const { url, asked } = await serve(t, (_, response) => {
      if (asked.length === 1) {
        stream(response, `retry: 500\n\n: hello\n\n${message(3)}${message(4)}id: 9\n\n`);
        response.end();
      } else if (asked.length === 2) {
        stream(response, `${message(12)}id: 13\ndata: {"seq`);
        setTimeout(() => response.destroy(), 50);
      } else stream(response, message(13));
    });
    const troubles: (string | undefined)[] = [];
    const onTrouble = (error: Error | undefined) => troubles.push(error?.name);
    const { feed } = createClient({ baseUrl: url, token: 'secret' });
    const found = await first(4, feed.stream({ kind: 'job' }, { after: 2, onTrouble }));
    assert.deepEqual(idsOf(found), [3, 4, 12, 13]);
    assert.deepEqual(
      asked.map(({ line, headers }) => [line, headers['last-event-id'], headers.accept]),
      [
        ['GET /latest/feed/stream?kind=job&after=2', '2', 'text/event-stream'],
        ['GET /latest/feed/stream?kind=job&after=9', '9', 'text/event-stream'],
        ['GET /latest/feed/stream?kind=job&after=12', '12', 'text/event-stream'],
      ],
    );
    assert.deepEqual(troubles, ['ConnectionError', undefined]);
  });

  test('of what is to come begins at a position, so that nothing is lost between connections', async (t) => {
    const { url, asked } = await serve(t, (_, response) => {
      if (asked.length === 1) json(response, 200, page([], 7));
      else if (asked.length === 2) {
        stream(response, ': hello\n\n');
        setTimeout(() => response.destroy(), 50);
      } else stream(response, message(8));
    });
    const found = await first(1, createClient({ baseUrl: url }).feed.stream({}, { after: 'latest' }));
    assert.deepEqual(idsOf(found), [8]);
    assert.deepEqual(
      asked.map(({ line }) => line),
      ['GET /latest/feed?after=latest', ...Array(2).fill('GET /latest/feed/stream?after=7')],
    );
  });

  test('says when its position is gone, before or while it runs', async (t) => {
    const { url, asked } = await serve(t, (_, response) => {
      if (asked.length === 1) json(response, 410, GONE);
      else stream(response, `${message(3)}event: gone\ndata: ${JSON.stringify(GONE)}\n\n`);
    });
    const { feed } = createClient({ baseUrl: url });
    await failure(first(1, feed.stream({}, { after: 1 })), FeedGoneError);
    const gone = await failure(first(2, feed.stream({}, { after: 1 })), FeedGoneError);
    assert.deepEqual([gone.after, gone.oldest], [3, 40]);
  });

  for (const [what, answer] of [
    ['answers by itself', (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('hi')],
    ['keeps the stream to itself', () => undefined],
  ] satisfies [string, (response: ServerResponse) => unknown][]) {
    test(`gives way to the long poll when something in between ${what}`, async (t) => {
      const { url, asked } = await serve(t, (request, response) => {
        if (request.url?.includes('/stream') === true) answer(response);
        else json(response, 200, page([asked.length], asked.length));
      });
      const { feed } = createClient({ baseUrl: url, timeoutMs: 200 });
      const found = await first(2, feed.stream({ kind: 'job' }, { after: 1, heartbeatMs: 0 }));
      assert.deepEqual(idsOf(found), [2, 3]);
      assert.equal(asked.at(-1)?.line, 'GET /latest/feed?kind=job&after=2&wait=30');
    });
  }

  test('is refused like anything else', async (t) => {
    const { url } = await serve(t, (_, response) => json(response, 400, { detail: 'no' }));
    const { feed } = createClient({ baseUrl: url });
    assert.equal((await failure(first(1, feed.stream({}, { after: 3 })), ApiError)).detail, 'no');
  });
});
