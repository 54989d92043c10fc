import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { failure, json, serve } from './api-fixture.ts';
import { ApiError, ConnectionError, createClient, eachItem, NotAnApiError } from './index.ts';

describe('requests', () => {
  test('a path in the address stays up to its last slash, and slashes are not doubled', async (t) => {
    const { url, asked } = await serve(t, (_, response) =>
      json(response, 200, { username: 'u', groups: [] }),
    );
    for (const base of ['', '/', '//', '/p', '/p/', '//p//q/?x#y']) {
      await createClient({ baseUrl: url + base }).root.hello();
    }
    await createClient({ baseUrl: url, version: 'v0' }).users.get('a/../b?c#d');
    assert.deepEqual(
      asked.map(({ line }) => line),
      [
        ...['GET /latest/', 'GET /latest/', 'GET /latest/', 'GET /latest/'],
        ...['GET /p/latest/', 'GET /p/q/latest/', 'GET /v0/user/a%2F..%2Fb%3Fc%23d'],
      ],
    );
  });

  test('addresses, versions, tokens and ids that cannot be sent are refused at once', async () => {
    for (const baseUrl of ['', 'localhost:8001', '127.0.0.1:8001', 'ftp://h', 'http://u:p@h', 'http://']) {
      assert.throws(() => createClient({ baseUrl }), TypeError, baseUrl);
    }
    assert.throws(() => createClient({ baseUrl: 'http://h', version: '..' }), TypeError);
    assert.throws(() => createClient({ baseUrl: 'http://h', token: 'a\r\nb: c' }), TypeError);
    for (const id of ['', '.', '..']) {
      await assert.rejects(createClient({ baseUrl: 'http://h' }).users.get(id), TypeError);
    }
  });

  test('forms, JSON, queries and the token are sent as the contract has them', async (t) => {
    const { url, asked } = await serve(t, (_, response) =>
      json(response, 200, { items: [], access_token: 't' }),
    );
    const client = createClient({ baseUrl: url, token: 'secret', userAgent: 'me/1' });
    await client.tokens.create({
      username: 'a b',
      password: 'ü&=',
      scopes: ['nodes', 'events'],
      expiresIn: 60,
    });
    await client.users.find({ username__re: '^a:', name: ['x', 'y'] }, { limit: 10, offset: 0 });
    await client.users.update('64f5ff9e8326c545a780c2a0', { is_active: false });
    assert.deepEqual(
      asked.map(({ line, body }) => `${line} ${body}`),
      [
        'POST /latest/user/token username=a+b&password=%C3%BC%26%3D&scopes=nodes+events&expires_in=60',
        'GET /latest/users?username__re=%5Ea%3A&name=x&name=y&limit=10 ',
        'PATCH /latest/user/64f5ff9e8326c545a780c2a0 {"is_active":false}',
      ],
    );
    assert.deepEqual(
      asked.map(({ headers }) => headers.authorization),
      [undefined, 'Bearer secret', 'Bearer secret'],
    );
    assert.equal(asked[0]?.headers['user-agent'], 'me/1');
    assert.equal(asked[2]?.headers['content-type'], 'application/json');
  });

  test('pages are followed until the last', async (t) => {
    const { url, asked } = await serve(t, (request, response) => {
      const offset = Number(new URL(request.url ?? '', 'http://h').searchParams.get('offset') ?? 0);
      json(response, 200, { items: [offset, offset + 1].filter((n) => n < 5), total: 5, limit: 2, offset });
    });
    const client = createClient({ baseUrl: url });
    const items = await Array.fromAsync(eachItem((page) => client.groups.find({}, page), 2));
    assert.deepEqual(items, [0, 1, 2, 3, 4]);
    assert.equal(asked.length, 3);
  });

  test('mail notices and warnings come out of the headers', async (t) => {
    const warnings: string[] = [];
    const { url } = await serve(t, (_, response) =>
      json(
        response,
        200,
        { id: 'x' },
        {
          'kci-mail-outbox': '/data/outbox/1.eml',
          warning: '199 - "unknown field: a\\"b"',
        },
      ),
    );
    const client = createClient({ baseUrl: url, onWarning: (text) => warnings.push(text) });
    const { mail } = await client.users.register({ username: 'u', email: 'e@x', password: 'p' });
    assert.deepEqual(mail, { state: 'outbox', path: '/data/outbox/1.eml' });
    assert.deepEqual(warnings, ['unknown field: a"b']);
  });
});

describe('refusals', () => {
  test('tell status, address and reason', async (t) => {
    const { url } = await serve(t, (_, response) => json(response, 403, { detail: 'Forbidden' }));
    const error = await failure(createClient({ baseUrl: url }).groups.create('g'), ApiError);
    assert.equal(error.status, 403);
    assert.equal(error.detail, 'Forbidden');
    assert.equal(error.message, `403 Forbidden for POST ${url}/latest/group: Forbidden`);
  });

  test('list problems, and take other shapes as they come', async (t) => {
    const bodies: [string, string][] = [
      ['application/json', '{"detail":[{"type":"x","loc":["body","email"],"msg":"no address"},7]}'],
      ['application/json', '{"message":"Internal server error"}'],
      ['application/json', '{"error":"gone"}'],
      ['application/json', 'not json'],
      ['application/json', 'null'],
      ['text/plain; charset=utf-8', 'Unsupported API version: v1'],
      ['text/html', '<h1>Bad Gateway</h1>'],
    ];
    const { url } = await serve(t, (_, response) => {
      const [type, body] = bodies.shift() ?? ['', ''];
      response.writeHead(422, { 'content-type': type }).end(body);
    });
    const reasons: string[] = [];
    for (let count = bodies.length; count > 0; count--) {
      const error = await failure(createClient({ baseUrl: url }).session.whoami(), ApiError);
      reasons.push(error.message.split('whoami')[1] ?? '');
    }
    assert.deepEqual(reasons, [
      ': email: no address',
      ': Internal server error',
      ': gone',
      '',
      '',
      ': Unsupported API version: v1',
      '',
    ]);
  });

  test('say how long to wait, in seconds or as a date', async (t) => {
    const values = ['37', new Date(Date.now() + 90_000).toUTCString(), 'soon'];
    const { url } = await serve(t, (_, response) =>
      json(response, 429, { detail: 'Too many' }, { 'retry-after': values.shift() }),
    );
    const login = () => failure(createClient({ baseUrl: url }).session.login('a', 'b'), ApiError);
    assert.equal((await login()).retryAfter, 37);
    const dated = (await login()).retryAfter ?? 0;
    assert.ok(dated > 30 && dated <= 90, `${dated}`);
    assert.equal((await login()).retryAfter, undefined);
  });
});

describe('answers that are not the API', () => {
  test('a web page or broken JSON with status 200', async (t) => {
    const bodies: [string, string][] = [
      ['text/html', '<html>'],
      ['application/json', '{"a":'],
    ];
    const { url } = await serve(t, (_, response) => {
      const [type, body] = bodies.shift() ?? ['', ''];
      response.writeHead(200, { 'content-type': type }).end(body);
    });
    const client = createClient({ baseUrl: url });
    const message = async () => (await failure(client.root.hello(), NotAnApiError)).message;
    assert.equal(await message(), `GET ${url}/latest/ answers text/html instead of JSON`);
    assert.equal(await message(), `GET ${url}/latest/ answers broken JSON`);
  });

  test('JSON of another service', async (t) => {
    const { url } = await serve(t, (_, response) => json(response, 200, { message: 'hello' }));
    const client = createClient({ baseUrl: url });
    const attempts: (() => Promise<unknown>)[] = [
      () => client.users.find(),
      () => client.users.get('id'),
      () => client.groups.find(),
      () => client.tokens.list(),
      () => client.tokens.create({ username: 'u', password: 'p' }),
      () => client.signups.list(),
      () => client.audit.list(),
      () => client.session.whoami(),
      () => client.session.login('u', 'p'),
    ];
    for (const attempt of attempts) await failure(attempt(), NotAnApiError);
  });

  test('a redirect is followed for reading and refused for writing', async (t) => {
    const { url, asked } = await serve(t, (request, response) => {
      if (request.url?.startsWith('/moved/')) json(response, 200, { message: 'hello' });
      else response.writeHead(301, { location: `/moved${request.url}` }).end();
    });
    const client = createClient({ baseUrl: url });
    assert.deepEqual(await client.root.hello(), { message: 'hello' });
    assert.equal((await failure(client.groups.create('g'), ConnectionError)).kind, 'redirect');
    assert.equal(asked.length, 3);
  });
});

describe('connections that fail', () => {
  test('are told apart', async (t) => {
    const { url } = await serve(t, (request) => void request);
    const kind = async (baseUrl: string, timeoutMs = 60_000) =>
      (await failure(createClient({ baseUrl, timeoutMs }).root.hello(), ConnectionError)).kind;
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    assert.equal(await kind(`http://127.0.0.1:${port}`), 'refused');
    assert.equal(await kind('http://no-such-host.invalid'), 'dns');
    assert.equal(await kind(url, 50), 'timeout');
    assert.equal(await kind(url.replace('http:', 'https:')), 'tls');
  });

  test('reading is tried three times, writing once', async (t) => {
    const { url, asked } = await serve(t, (request) => request.socket.destroy());
    const client = createClient({ baseUrl: url, token: 't' });
    assert.equal((await failure(client.session.whoami(), ConnectionError)).kind, 'reset');
    assert.equal(asked.length, 3);
    await failure(client.groups.create('g'), ConnectionError);
    await failure(client.groups.delete('id'), ConnectionError);
    assert.equal(asked.length, 5);
  });

  test('a busy server is asked again after the wait that it names, unless it is long', async (t) => {
    const answers: [number, string][] = [
      [503, '1'],
      [502, '0'],
      [200, ''],
      [503, '3600'],
    ];
    const { url, asked } = await serve(t, (_, response) => {
      const [status, wait] = answers.shift() ?? [500, ''];
      json(response, status, { message: 'm' }, wait === '' ? {} : { 'retry-after': wait });
    });
    const client = createClient({ baseUrl: url });
    assert.deepEqual(await client.root.hello(), { message: 'm' });
    assert.equal((await failure(client.root.hello(), ApiError)).retryAfter, 3600);
    assert.equal(asked.length, 4);
  });
});
