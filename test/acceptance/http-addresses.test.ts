import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { adminToken } from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { call } from '../helpers/http.ts';
import { exchangeRaw } from '../helpers/raw-http.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

forEachEngine('addresses', (engine) => {
  let server: TestServer;
  let token: string;

  before(async () => {
    server = await startServer({ engine });
    token = await adminToken(server);
  });

  const get = (path: string, options = {}) => call(server, 'GET', path, options);
  const host = () => new URL(server.url).host;

  test('every route answers below /latest, below /v0 and without a prefix', async () => {
    for (const path of [
      '/',
      '/whoami',
      '/users?username=nobody',
      '/user-groups?name=admin',
      '/openapi.json',
    ]) {
      const answers = await Promise.all(
        ['', '/latest', '/v0'].map((prefix) => get(prefix + path, { token })),
      );
      const [bare, ...others] = answers.map(({ status, body }) => ({ status, body }));
      assert.equal(bare?.status, 200, path);
      for (const other of others) assert.deepEqual(other, bare, path);
    }
  });

  for (const [path, version] of [
    ['/v1', 'v1'],
    ['/v1/', 'v1'],
    ['/v1/nodes', 'v1'],
    ['/v2/whoami', 'v2'],
    ['/v0.1/nope', 'v0.1'],
    ['/v10/users', 'v10'],
    ['//v1//whoami', 'v1'],
  ] as const) {
    test(`${path} names a version that does not exist`, async () => {
      const answer = await get(path);
      assert.equal(answer.status, 400);
      assert.match(answer.headers.get('content-type') ?? '', /^text\/plain/);
      assert.equal(answer.text, `Unsupported API version: ${version}`);
    });
  }

  for (const path of ['/vector', '/v', '/vx1/whoami', '/latestx/whoami', '/V1/whoami']) {
    test(`${path} begins with no version`, async () => {
      const answer = await get(path);
      assert.equal(answer.status, 404);
      assert.deepEqual(answer.body, { detail: 'Not Found' });
    });
  }

  test('an unsupported version is told for every method', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const answer = await call(server, method, '/v7/whoami');
      assert.equal(answer.status, 400, method);
      assert.equal(answer.text, 'Unsupported API version: v7');
    }
  });

  test('duplicate slashes count as one', async () => {
    for (const path of ['/latest//whoami', '//latest///whoami', '//whoami', '//v0////whoami']) {
      assert.equal((await get(path, { token })).status, 200, path);
      assert.equal((await get(path)).status, 401, path);
    }
    assert.equal((await get('//')).status, 200);
    assert.equal((await get('/latest///')).status, 200);
  });

  for (const [method, path, target] of [
    ['GET', '/latest', '/latest/'],
    ['GET', '/v0', '/v0/'],
    ['GET', '/latest?a=1&b=%20', '/latest/?a=1&b=%20'],
    ['GET', '/latest/whoami/', '/latest/whoami'],
    ['GET', '/whoami/', '/whoami'],
    ['GET', '/v0/users/?username=a%2Fb&limit=2', '/v0/users?username=a%2Fb&limit=2'],
    ['HEAD', '/latest/users/', '/latest/users'],
    ['POST', '/latest/user/login/', '/latest/user/login'],
    ['POST', '/latest/user/register/?x=1', '/latest/user/register?x=1'],
    ['DELETE', '/latest/user/6b0530371eaa30df78c3d0b0/', '/latest/user/6b0530371eaa30df78c3d0b0'],
    ['GET', '/latest/user/invite/url/', '/latest/user/invite/url'],
    [
      'POST',
      '/user/signups/6b0530371eaa30df78c3d0b0/approve/',
      '/user/signups/6b0530371eaa30df78c3d0b0/approve',
    ],
    ['PATCH', '/latest/user/me///', '/latest/user/me'],
  ] as const) {
    test(`${method} ${path} is redirected for its slash`, async () => {
      const answer = await call(server, method, path);
      assert.equal(answer.status, 307);
      assert.equal(answer.headers.get('location'), server.url + target);
      assert.equal(answer.text, '');
    });
  }

  test('a redirect stays on the host that the client named', async () => {
    const request = 'GET /latest HTTP/1.1\r\nHost: api.example.org:8443\r\nConnection: close\r\n\r\n';
    const { status, headers } = await exchangeRaw(server, request);
    assert.equal(status, 307);
    assert.equal(headers.get('location'), 'http://api.example.org:8443/latest/');
  });

  test('nobody but a trusted proxy says under which address the server is reached', async () => {
    const { headers } = await exchangeRaw(
      server,
      `GET /latest HTTP/1.1\r\nHost: ${host()}\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: https\r\n` +
        'Connection: close\r\n\r\n',
    );
    assert.equal(headers.get('location'), `${server.url}/latest/`);
  });

  test('a client of HTTP/1.0 that names no host is redirected on the same one', async () => {
    const { status, headers } = await exchangeRaw(server, 'GET /latest?a=1 HTTP/1.0\r\n\r\n');
    assert.equal(status, 307);
    assert.equal(headers.get('location'), '/latest/?a=1');
  });

  test('a host that is no host does not get into a redirect', async () => {
    const request = 'GET /latest HTTP/1.1\r\nHost: a b<>"\r\nConnection: close\r\n\r\n';
    const { status, headers } = await exchangeRaw(server, request);
    assert.equal(status, 307);
    assert.equal(headers.get('location'), '/latest/');
  });

  test('the whole address is understood where a path is usual', async () => {
    const request =
      `GET http://${host()}/latest/whoami HTTP/1.1\r\nHost: ${host()}\r\nAuthorization: Bearer ${token}\r\n` +
      'Connection: close\r\n\r\n';
    const { status, body } = await exchangeRaw(server, request);
    assert.equal(status, 200);
    assert.equal(JSON.parse(body).username, server.admin.username);
  });

  for (const path of [
    '/nope',
    '/latest/nope',
    '/latest/whoami/more',
    '/a/b/c',
    '/a/b/c/d/e',
    '/latest/latest/whoami',
    '/users;limit=1',
    '/user%2Flogin',
    '/%6Catest/whoami',
    '/latest/user/signups/x/promote',
  ]) {
    test(`${path} does not exist`, async () => {
      for (const method of ['GET', 'POST', 'DELETE']) {
        const answer = await call(server, method, path);
        assert.equal(answer.status, 404, method);
        assert.deepEqual(answer.body, { detail: 'Not Found' });
        assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
      }
    });
  }

  for (const path of ['/latest/user/%zz', '/latest/user/%ED%A0%80', '/latest/user/%ff']) {
    test(`${path} is no valid address`, async () => {
      const answer = await get(path, { token });
      assert.equal(answer.status, 400);
      assert.equal(typeof (answer.body as { detail: unknown }).detail, 'string');
    });
  }

  test('a name in an address that no id is long enough for is refused', async () => {
    const answer = await get(`/latest/user/${'a'.repeat(1001)}`, { token });
    assert.equal(answer.status, 414);
    assert.equal(typeof (answer.body as { detail: unknown }).detail, 'string');
  });

  test('of a key that is given twice the last counts', async () => {
    const { body } = await get('/latest/users?limit=1&offset=5&limit=7&offset=0&username=x&username=admin', {
      token,
    });
    const page = body as { limit: number; offset: number; items: { username: string }[] };
    assert.deepEqual([page.limit, page.offset], [7, 0]);
    assert.deepEqual(
      page.items.map(({ username }) => username),
      ['admin'],
    );
  });
});
