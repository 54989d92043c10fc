import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failure, json, serve } from './api-fixture.ts';
import { createClient, NotAnApiError } from './index.ts';

const PIN = { node_id: 'a', pinned: true, reason: null, user: 'alice', created: '2026-11-24T08:31:40' };

describe('pins', () => {
  test('are set and taken away with the token, and read without it', async (t) => {
    const page = { items: [PIN], total: 1, limit: 5, offset: 10 };
    const { url, asked } = await serve(t, ({ url }, response) =>
      json(response, 200, url?.includes('/pins') ? page : PIN),
    );
    const { pins } = createClient({ baseUrl: url, token: 'secret' });
    assert.deepEqual(await pins.pin('a/b', 'why'), PIN);
    await pins.pin('a');
    await pins.unpin('a');
    assert.deepEqual(await pins.get('a'), PIN);
    assert.deepEqual(await pins.list({ limit: 5, offset: 10 }), page);
    assert.deepEqual(
      asked.map(({ line, body, headers }) => [line, body, headers.authorization]),
      [
        ['PUT /latest/node/a%2Fb/pin', '{"pinned":true,"reason":"why"}', 'Bearer secret'],
        ['PUT /latest/node/a/pin', '{"pinned":true}', 'Bearer secret'],
        ['PUT /latest/node/a/pin', '{"pinned":false}', 'Bearer secret'],
        ['GET /latest/node/a/pin', '', undefined],
        ['GET /latest/pins?limit=5&offset=10', '', undefined],
      ],
    );
  });

  test('are not taken for anything else that answers', async (t) => {
    const { url } = await serve(t, (_, response) => json(response, 200, { hello: 'there' }));
    const { pins } = createClient({ baseUrl: url });
    await failure(pins.get('a'), NotAnApiError);
    await failure(pins.list(), NotAnApiError);
  });
});
