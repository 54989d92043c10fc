import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { before, test } from 'node:test';
import { addAccount, adminToken, createToken, type User } from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { eventually } from '../helpers/eventually.ts';
import { call } from '../helpers/http.ts';
import { uniqueName } from '../helpers/kci-workspace.ts';
import { tokenIn, waitForOutbox } from '../helpers/outbox.ts';
import { exchangeRaw } from '../helpers/raw-http.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

interface LogLine {
  level: number;
  time: number;
  msg: string;
  request_id?: string;
  method?: string;
  url?: string;
  status?: number;
  ms?: number;
  address?: string;
  user?: string;
}

forEachEngine(
  'the log',
  (engine) => {
    let server: TestServer;
    let admin: string;

    before(async () => {
      server = await startServer({
        engine,
        env: { LOG_LEVEL: 'trace', SECRET_KEY: 'a-secret-key-for-signing' },
      });
      admin = await adminToken(server);
    });

    const lines = () =>
      server
        .logs()
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as LogLine);
    const lineOf = (id: string) =>
      eventually(`a line about request ${id}`, () =>
        lines().find(({ request_id, msg }) => request_id === id && msg === 'request'),
      );

    test('each request is one line of JSON that tells who asked for what, and its id is in the answer', async () => {
      const answer = await call(server, 'GET', '/latest//users?limit=3', { token: admin });
      const id = answer.headers.get('x-request-id') ?? '';
      assert.match(id, /^[0-9a-f-]{36}$/);
      const line = await lineOf(id);
      const { method, url, status, address, user } = line;
      assert.deepEqual(
        { method, url, status, address, user },
        { method: 'GET', url: '/latest//users?limit=3', status: 200, address: '127.0.0.1', user: 'admin' },
      );
      assert.equal(typeof line.ms, 'number');
      assert.equal(lines().filter(({ request_id }) => request_id === id).length, 1);
    });

    test('refusals carry an id and are logged too', async () => {
      for (const [method, path, status] of [
        ['GET', '/latest/whoami', 401],
        ['GET', '/latest/nope', 404],
        ['DELETE', '/latest/whoami', 405],
        ['GET', '/v9/whoami', 400],
        ['GET', '/latest/user/%zz', 400],
        ['GET', '/latest', 307],
      ] as const) {
        const answer = await call(server, method, path);
        assert.equal(answer.status, status);
        const line = await lineOf(answer.headers.get('x-request-id') ?? '');
        assert.deepEqual([line.method, line.url, line.status, line.user], [method, path, status, undefined]);
      }
    });

    test('an id that a proxy gave the request is kept when it looks like one', async () => {
      for (const id of ['abc-123', 'Root=1-67891233-abcdef012345678912345678', 'a/b+c:d.e_f==']) {
        const answer = await call(server, 'GET', '/latest/', { headers: { 'X-Request-Id': id } });
        assert.equal(answer.headers.get('x-request-id'), id);
        await lineOf(id);
      }
      for (const id of ['', 'with blank', 'x'.repeat(129), '<script>', 'a"b', 'é']) {
        const answer = await call(server, 'GET', '/latest/', { headers: { 'X-Request-Id': id } });
        assert.match(answer.headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/, id);
      }
    });

    test('an id ends up in the audit log with the act', async () => {
      const name = uniqueName('group');
      const headers = { 'X-Request-Id': `id-of-${name}` };
      await call(server, 'POST', '/latest/user-groups', { token: admin, json: { name }, headers });
      const { body } = await call<{ items: { request_id: string; address: string }[] }>(
        server,
        'GET',
        `/latest/audit?target=${name}`,
        { token: admin },
      );
      assert.deepEqual(
        body.items.map(({ request_id, address }) => [request_id, address]),
        [[`id-of-${name}`, '127.0.0.1']],
      );
    });

    test('a client that goes away is a line, not an error', async () => {
      const { port, hostname } = new URL(server.url);
      const id = uniqueName('gone');
      const socket = connect(Number(port), hostname);
      socket.write(
        `POST /latest/user/login HTTP/1.1\r\nHost: x\r\nX-Request-Id: ${id}\r\nContent-Length: 100\r\n` +
          'Expect: 100-continue\r\n\r\n',
      );
      const [go] = await once(socket, 'data');
      assert.match(String(go), /^HTTP\/1\.1 100 /);
      socket.write('username=');
      socket.destroy();
      const line = await eventually('the line', () => lines().find(({ request_id }) => request_id === id));
      assert.ok(line.level < 40, JSON.stringify(line));
    });

    test('no secret gets into it, wherever clients put one', async () => {
      const password = 'the secret password of a user';
      const next = 'another secret password';
      const alice = await addAccount(server, admin, { password });
      const named = await createToken(server, { username: alice.username, password }, { name: 'ci' });
      const secrets = [server.admin.password, password, next, admin, alice.token, named.access_token];
      const spaced = (text: string) => [text, encodeURIComponent(text), text.replaceAll(' ', '+')];

      const username = uniqueName('invited');
      const json = { username, email: `${username}@example.org`, send_email: true, return_token: true };
      const invite = await call<{ user: User; token: string; invite_url: string }>(
        server,
        'POST',
        '/latest/user/invite',
        { token: admin, json },
      );
      await call(server, 'POST', '/latest/user/forgot-password', { json: { email: alice.email } });
      await call(server, 'PATCH', `/latest/user/${alice.id}`, { token: admin, json: { is_verified: false } });
      await call(server, 'POST', '/latest/user/request-verify-token', { json: { email: alice.email } });
      const mails = await Promise.all([
        waitForOutbox(server, alice.email, /reset/i),
        waitForOutbox(server, alice.email, /confirm/i),
        waitForOutbox(server, json.email, /invitation/i),
      ]);
      secrets.push(invite.body.token, ...mails.map(tokenIn));

      for (const secret of secrets) {
        const value = encodeURIComponent(secret);
        for (const path of [
          `/user/accept-invite?token=${value}`,
          `/latest/whoami?access_token=${value}&x=1`,
          `/user/update-password?username=a&password=${value}&new_password=${value}`,
          `/latest/users?api-token=${value}`,
          `/latest/?client_secret=${value}`,
          ...(secret.startsWith('eyJ') ? [`/latest/user/${value}`, `/latest/${value}`, `/v9/${value}`] : []),
        ]) {
          await call(server, 'GET', path, { token: secret.startsWith('eyJ') ? secret : '' });
        }
        const form = { username: alice.username, password: secret, new_password: secret };
        await call(server, 'POST', '/latest/user/verify', {
          json: { token: secret, password: secret, x: [secret] },
        });
        await call(server, 'POST', '/latest/user/reset-password', { json: { token: secret, password: 'x' } });
        await call(server, 'POST', '/latest/user/token', { form: { ...form, username: '', name: 'x' } });
        await call(server, 'POST', '/latest/user/register', { token: admin, json: { password: secret } });
        await exchangeRaw(
          server,
          `GET /latest/whoami HTTP/1.1\r\nHost: x\r\nAuthorization: ${secret}\r\nnonsense\r\n\r\n`,
        );
        await exchangeRaw(
          server,
          `GET /latest/whoami HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ${secret}\r\nCookie: a=${secret}\r\nConnection: close\r\n\r\n`,
        );
      }
      await call(server, 'POST', '/latest/user/update-password', {
        form: { username: alice.username, password, new_password: next },
      });
      const last = await call(server, 'POST', '/latest/user/accept-invite', {
        json: { token: invite.body.token, password: next },
      });
      assert.equal(last.status, 200);
      await lineOf(last.headers.get('x-request-id') ?? '');

      const log = server.logs() + server.output();
      const written = [...secrets, 'a-secret-key-for-signing']
        .flatMap(spaced)
        .filter((text) => log.includes(text));
      assert.deepEqual(written, []);
      assert.match(log, /accept-invite\?token=…/);
    });

    test('nothing in it is an error', () => {
      const bad = lines().filter(({ level }) => level >= 40);
      assert.deepEqual(bad, []);
    });
  },
  { ownProcess: true },
);
