import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { adminToken } from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { call } from '../helpers/http.ts';
import { exchangeRaw } from '../helpers/raw-http.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const methodsIn = (allow: string | null) => (allow ?? '').split(', ').sort();

forEachEngine('methods', (engine) => {
  let server: TestServer;
  let token: string;

  before(async () => {
    server = await startServer({ engine });
    token = await adminToken(server);
  });

  for (const [method, path, allowed] of [
    ['POST', '/latest/whoami', ['GET', 'HEAD']],
    ['DELETE', '/users', ['GET', 'HEAD']],
    ['POST', '/', ['GET', 'HEAD']],
    ['PUT', '/v0/user-groups', ['GET', 'HEAD', 'POST']],
    ['GET', '/latest/group', ['POST']],
    ['POST', '/latest/user/6b0530371eaa30df78c3d0b0', ['DELETE', 'GET', 'HEAD', 'PATCH']],
    ['PATCH', '/latest/user/tokens/6b0530371eaa30df78c3d0b0', ['DELETE']],
    ['GET', '/latest/user/signups/6b0530371eaa30df78c3d0b0/approve', ['POST']],
    ['OPTIONS', '/latest/whoami', ['GET', 'HEAD']],
  ] as const) {
    test(`${method} ${path} is not allowed, and Allow says what is`, async () => {
      const answer = await call(server, method, path, { token });
      assert.equal(answer.status, 405);
      assert.deepEqual(answer.body, { detail: 'Method Not Allowed' });
      assert.deepEqual(methodsIn(answer.headers.get('allow')), [...allowed].sort());
    });
  }

  for (const method of ['TRACE', 'PROPFIND', 'LOCK']) {
    test(`${method} is answered as any method that a route has not`, async () => {
      const request = `${method} /latest/users HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
      const { status, headers, body } = await exchangeRaw(server, request);
      assert.equal(status, 405);
      assert.deepEqual(methodsIn(headers.get('allow')), ['GET', 'HEAD']);
      assert.deepEqual(JSON.parse(body), { detail: 'Method Not Allowed' });
    });
  }

  test('OPTIONS for the server as a whole is no redirect', async () => {
    const { status, body } = await exchangeRaw(
      server,
      'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    );
    assert.equal(status, 404);
    assert.deepEqual(JSON.parse(body), { detail: 'Not Found' });
  });

  test('HEAD answers as GET does, without the body', async () => {
    for (const path of ['/', '/latest/whoami', '/latest/users', '/openapi.json', '/health']) {
      const [head, get] = await Promise.all(
        ['HEAD', 'GET'].map((method) => call(server, method, path, { token })),
      );
      assert.ok(head && get);
      assert.equal(head.status, 200, path);
      assert.equal(head.text, '');
      for (const header of ['content-type', 'content-length']) {
        assert.equal(head.headers.get(header), get.headers.get(header), `${path} ${header}`);
      }
    }
    assert.equal((await call(server, 'HEAD', '/latest/whoami')).status, 401);
    assert.equal((await call(server, 'HEAD', '/latest/nope')).status, 404);
  });

  test('without configured origins nothing is said to browsers of other sites', async () => {
    const headers = { Origin: 'https://console.example.org' };
    const answer = await call(server, 'GET', '/latest/', { headers });
    assert.equal(answer.status, 200);
    assert.deepEqual(
      [...answer.headers.keys()].filter((name) => name.startsWith('access-control')),
      [],
    );
    const preflight = await call(server, 'OPTIONS', '/latest/user/me', {
      headers: { ...headers, 'Access-Control-Request-Method': 'PATCH' },
    });
    assert.equal(preflight.status, 405);
    assert.equal(preflight.headers.get('access-control-allow-origin'), null);
  });
});

forEachEngine(
  'pages of other sites',
  (engine) => {
    const origin = 'https://console.example.org';
    let server: TestServer;
    let token: string;

    before(async () => {
      const env = { KCI_CORS_ORIGINS: `${origin}, http://localhost:5173` };
      server = await startServer({ engine, env });
      token = await adminToken(server);
    });

    test('may ask what they may do', async () => {
      const answer = await call(server, 'OPTIONS', '/latest/user/me', {
        headers: {
          Origin: origin,
          'Access-Control-Request-Method': 'PATCH',
          'Access-Control-Request-Headers': 'authorization,content-type',
        },
      });
      assert.equal(answer.status, 204);
      assert.equal(answer.headers.get('access-control-allow-origin'), origin);
      const methods = methodsIn(answer.headers.get('access-control-allow-methods'));
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])
        assert.ok(methods.includes(method), method);
      assert.match(answer.headers.get('access-control-allow-headers') ?? '', /authorization/i);
      assert.equal(answer.headers.get('access-control-allow-credentials'), null);
    });

    test('may read answers, refusals and request ids', async () => {
      const headers = { Origin: 'http://localhost:5173' };
      for (const [options, status] of [
        [{ token, headers }, 200],
        [{ headers }, 401],
      ] as const) {
        const answer = await call(server, 'GET', '/latest/whoami', options);
        assert.equal(answer.status, status);
        assert.equal(answer.headers.get('access-control-allow-origin'), 'http://localhost:5173');
        assert.match(answer.headers.get('access-control-expose-headers') ?? '', /x-request-id/i);
        assert.match(answer.headers.get('vary') ?? '', /origin/i);
      }
      const lost = await call(server, 'GET', '/latest/nope', { headers });
      assert.equal(lost.headers.get('access-control-allow-origin'), 'http://localhost:5173');
    });

    test('may not when their origin is not listed', async () => {
      for (const stranger of [
        'https://evil.example',
        'http://console.example.org',
        `${origin}.evil.example`,
      ]) {
        const answer = await call(server, 'GET', '/latest/', { headers: { Origin: stranger } });
        assert.equal(answer.headers.get('access-control-allow-origin'), null, stranger);
      }
    });

    test('OPTIONS that is no question of a browser is answered as any other method', async () => {
      const answer = await call(server, 'OPTIONS', '/latest/whoami');
      assert.equal(answer.status, 405);
      assert.deepEqual(answer.body, { detail: 'Method Not Allowed' });
      assert.deepEqual(methodsIn(answer.headers.get('allow')), ['GET', 'HEAD']);
    });

    test('may all read when the origins are *', async () => {
      const open = await server.startSibling({ KCI_CORS_ORIGINS: '*' });
      const answer = await call(open, 'GET', '/latest/', { headers: { Origin: 'https://any.example' } });
      assert.equal(answer.headers.get('access-control-allow-origin'), '*');
      await open.stop();
    });
  },
  { ownProcess: true },
);
