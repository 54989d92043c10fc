import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failure, json, serve } from './api-fixture.ts';
import { ApiError, ConnectionError, createClient, NotAnApiError, RawJson } from './index.ts';

const NODE = { id: '64f5ff9e8326c545a780c2a0', kind: 'job', name: 'n' };

const lines = (asked: { line: string; body: string }[]) => asked.map(({ line, body }) => `${line} ${body}`);

describe('requests about nodes', () => {
  test('are as the contract has them; reading sends no token', async (t) => {
    const { url, asked } = await serve(t, (request, response) => {
      const answers: [RegExp, unknown][] = [
        [/^GET .*count/, 3],
        [/history|fast|nodes\/\w{24}/, [NODE]],
        [/nodes\?/, { items: [NODE], total: 1, limit: 50, offset: 0 }],
      ];
      const line = `${request.method} ${request.url}`;
      json(response, 200, answers.find(([pattern]) => pattern.test(line))?.[1] ?? NODE);
    });
    const { nodes } = createClient({ baseUrl: url, token: 'secret' });
    assert.deepEqual(await nodes.get('a/b'), NODE);
    const page = await nodes.find(
      { kind: 'job', name__re: ['^a'] },
      { limit: 2, offset: 0, sort: '-created', fields: ['id', 'data.arch'], total: 'none' },
    );
    assert.deepEqual([page.items, page.total, page.next], [[NODE], 1, undefined]);
    assert.deepEqual(await nodes.findFast({ treeid: 'x' }, { limit: 0 }), [NODE]);
    assert.equal(await nodes.count({ state: 'done' }), 3);
    await nodes.history(NODE.id, { limit: 1 });
    await nodes.create({ name: 'n', path: ['n'] }, { naturalKey: 'k' });
    await nodes.replace(NODE.id, new RawJson('{"data":{"x":1.0}}'), { noEvent: true, ifMatch: '"1"' });
    await nodes.patch(NODE.id, { state: 'done' });
    await nodes.putHierarchy(NODE.id, new RawJson('{"node":{},"child_nodes":[]}'));
    assert.deepEqual(lines(asked), [
      'GET /latest/node/a%2Fb ',
      'GET /latest/nodes?kind=job&name__re=%5Ea&limit=2&sort=-created&fields=id%2Cdata.arch&total=none ',
      'GET /latest/nodes/fast?limit=0&treeid=x ',
      'GET /latest/count?state=done ',
      'GET /latest/node/64f5ff9e8326c545a780c2a0/history?limit=1 ',
      'POST /latest/node {"name":"n","path":["n"]}',
      'PUT /latest/node/64f5ff9e8326c545a780c2a0?noevent=true {"data":{"x":1.0}}',
      'PATCH /latest/node/64f5ff9e8326c545a780c2a0 {"state":"done"}',
      'PUT /latest/nodes/64f5ff9e8326c545a780c2a0 {"node":{},"child_nodes":[]}',
    ]);
    const headers = asked.map((one) => one.headers);
    assert.deepEqual(
      headers.map(({ authorization }) => authorization !== undefined),
      [...Array(5).fill(false), ...Array(4).fill(true)],
    );
    assert.equal(headers[5]?.['kci-node-key'], 'k');
    assert.equal(headers[6]?.['if-match'], '"1"');
    assert.equal(headers[6]?.['content-type'], 'application/json');
  });

  test('null is no node; another service’s JSON is no answer', async (t) => {
    const bodies: unknown[] = [null, { message: 'hello' }, [], {}, { id: 'x' }, 'text'];
    const { url } = await serve(t, (_, response) => json(response, 200, bodies.shift()));
    const { nodes } = createClient({ baseUrl: url });
    assert.equal(await nodes.get('x'), null);
    await failure(nodes.get('x'), NotAnApiError);
    await failure(nodes.find(), NotAnApiError);
    await failure(nodes.findFast(), NotAnApiError);
    await failure(nodes.create({ name: 'n', path: [] }), NotAnApiError);
    await failure(nodes.count(), NotAnApiError);
  });

  test('a node that has not changed is not sent again', async (t) => {
    const { url, asked } = await serve(t, (request, response) => {
      if (request.headers['if-none-match'] === '"7"') response.writeHead(304, { etag: '"7"' }).end();
      else json(response, 200, NODE, { etag: '"7"' });
    });
    const { nodes } = createClient({ baseUrl: url });
    assert.deepEqual(await nodes.getIfChanged(NODE.id, undefined), { node: NODE, etag: '"7"' });
    assert.equal(await nodes.getIfChanged(NODE.id, '"7"'), undefined);
    assert.deepEqual(await nodes.getIfChanged(NODE.id, '"6"'), { node: NODE, etag: '"7"' });
    assert.equal(asked.length, 3);
  });

  test('a creation is repeated when its key makes that harmless', async (t) => {
    const { url, asked } = await serve(t, (_, response) => {
      if (asked.length % 2 === 1) json(response, 503, { detail: 'busy' });
      else json(response, 200, NODE);
    });
    const { nodes } = createClient({ baseUrl: url });
    assert.deepEqual(await nodes.create({ name: 'n', path: [] }, { idempotencyKey: 'k' }), NODE);
    assert.deepEqual(
      asked.map(({ headers }) => headers['idempotency-key']),
      ['k', 'k'],
    );
    await failure(nodes.create({ name: 'n', path: [] }), ApiError);
    assert.equal(asked.length, 3);
  });
});

describe('pages of nodes', () => {
  const page = (items: number[], total: number | null) => ({ items, total, limit: 2, offset: 0 });

  test('follow the cursor, and count once', async (t) => {
    const { url, asked } = await serve(t, (request, response) => {
      const after = new URL(request.url ?? '', 'http://h').searchParams.get('after');
      const next = { null: 'a+', 'a+': 'b', b: undefined }[String(after)];
      const link = next && `</latest/nodes?limit=2&after=${encodeURIComponent(next)}>; rel="next"`;
      json(response, 200, page([1, 2], after === null ? 6 : null), link === undefined ? {} : { link });
    });
    const { nodes } = createClient({ baseUrl: url });
    const pages = await Array.fromAsync(nodes.pages({ kind: 'job' }, { limit: 2, sort: 'name', offset: 4 }));
    assert.deepEqual(
      pages.map(({ total }) => total),
      [6, null, null],
    );
    assert.deepEqual(
      asked.map(({ line }) => line.split('?')[1]),
      [
        'kind=job&limit=2&offset=4&sort=name',
        'kind=job&limit=2&sort=name&after=a%2B&total=none',
        'kind=job&limit=2&sort=name&after=b&total=none',
      ],
    );
  });

  test('go on by offset where there is no cursor', async (t) => {
    const { url, asked } = await serve(t, (request, response) => {
      const offset = Number(new URL(request.url ?? '', 'http://h').searchParams.get('offset') ?? 0);
      json(response, 200, page([offset, offset + 1].slice(0, 5 - offset), 5));
    });
    const pages = await Array.fromAsync(createClient({ baseUrl: url }).nodes.pages({}, { limit: 2 }));
    assert.deepEqual(
      pages.flatMap(({ items }) => items),
      [0, 1, 2, 3, 4],
    );
    assert.equal(asked.length, 3);
  });

  test('end with an empty one, whatever the API promises', async (t) => {
    const { url } = await serve(t, (_, response) =>
      json(response, 200, page([], 9), { link: '<?after=x>; rel="next"' }),
    );
    assert.equal((await Array.fromAsync(createClient({ baseUrl: url }).nodes.pages())).length, 1);
  });
});

describe('nodes that arrive one by one', () => {
  const from = (url: string, timeoutMs = 60_000) =>
    createClient({ baseUrl: url, timeoutMs }).nodes.eachFast();

  test('are there before the answer has ended', async (t) => {
    const { url } = await serve(t, (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('[{"name":"é😀"},{"na');
    });
    const items = from(url);
    assert.deepEqual((await items.next()).value, { name: 'é😀' });
    // Leaving early ends the request; the server of this test would wait for ever.
    await items.return();
  });

  test('are whole, however the bytes are cut', async (t) => {
    const text = Buffer.from(JSON.stringify([{ name: 'é😀"' }, { n: [1, { m: 2 }] }]));
    const { url } = await serve(t, async (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      for (const byte of text) {
        response.write(Buffer.from([byte]));
        await new Promise(setImmediate);
      }
      response.end();
    });
    assert.deepEqual(await Array.fromAsync(from(url)), JSON.parse(text.toString()));
  });

  test('end in an error when the answer breaks, stalls, or is something else', async (t) => {
    const bodies: [type: string, body: string][] = [
      ['text/html', '<html>'],
      ['application/json', '{"items":[]}'],
      ['application/json', '[{"a":1},{"b":'],
      ['application/json', '[{"a":1},nonsense]'],
    ];
    const { url, asked } = await serve(t, (_, response) => {
      const [type, body] = bodies.shift() ?? ['application/json', '[1,'];
      const isLast = bodies.length === 0 && asked.length > 4;
      response.writeHead(200, { 'content-type': type });
      if (!isLast) response.end(body);
      else if (asked.length === 5) response.write(body);
      else response.write(body, () => response.destroy());
    });
    const all = (timeoutMs?: number) => Array.fromAsync(from(url, timeoutMs));
    for (let count = 0; count < 4; count++) await failure(all(), NotAnApiError);
    assert.equal((await failure(all(50), ConnectionError)).kind, 'timeout');
    assert.equal((await failure(all(), ConnectionError)).kind, 'reset');
  });

  test('are asked for again while the API is busy, and refused like anything else', async (t) => {
    const { url, asked } = await serve(t, (_, response) => {
      if (asked.length === 1) json(response, 503, { detail: 'busy' });
      else if (asked.length === 2) json(response, 200, [1]);
      else json(response, 400, { detail: 'no' });
    });
    assert.deepEqual(await Array.fromAsync(from(url)), [1]);
    assert.equal((await failure(Array.fromAsync(from(url)), ApiError)).detail, 'no');
  });
});
