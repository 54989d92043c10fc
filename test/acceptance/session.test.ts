import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  type Account,
  addAccount,
  adminToken,
  createToken,
  PASSWORD,
  patchUser,
  registerUser,
  statusOf,
  USER_KEYS,
} from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { eventually } from '../helpers/eventually.ts';
import { call } from '../helpers/http.ts';
import { makeJwt, makeRsaJwt, olderClaims, readJwt } from '../helpers/jwt.ts';
import { uniqueName } from '../helpers/kci-workspace.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const KEY = 'the-secret-key-of-this-test';
const UNIFIED = 'the-unified-secret-of-this-test';
const BAD = { detail: 'LOGIN_BAD_CREDENTIALS' };

forEachEngine(
  'sessions',
  (engine) => {
    let server: TestServer;
    let admin: string;
    let alice: Account;

    before(async () => {
      server = await startServer({ engine, env: { SECRET_KEY: KEY, UNIFIED_SECRET: UNIFIED } });
      admin = await adminToken(server);
      alice = await addAccount(server, admin);
    });

    const logIn = (username: string, password: string) =>
      call<{ access_token: string }>(server, 'POST', '/latest/user/login', { form: { username, password } });
    const whoami = (authorization: string) =>
      call(server, 'GET', '/latest/whoami', { headers: { Authorization: authorization } });

    test('a login answers with a bearer token of ten years, and nothing else', async () => {
      const { status, body } = await logIn(alice.username, alice.password);
      assert.equal(status, 200);
      assert.deepEqual(Object.entries(body).slice(1), [['token_type', 'bearer']]);
      assert.deepEqual(Object.keys(body), ['access_token', 'token_type']);
      const { sub, aud, exp, iat } = readJwt<Record<string, unknown>>(body.access_token);
      assert.deepEqual(
        [sub, aud, Number(exp) - Number(iat)],
        [alice.id, ['fastapi-users:auth'], 315_360_000],
      );
    });

    test('a login that fails tells nothing of why', async () => {
      const inactive = await addAccount(server, admin);
      await patchUser(server, admin, inactive.id, { is_active: false });
      const unverified = await registerUser(server, admin);
      const neither = await registerUser(server, admin);
      await patchUser(server, admin, neither.id, { is_active: 0 });
      for (const [username, password] of [
        [alice.username, 'wrong'],
        [alice.username, `${alice.password} `],
        [alice.username.toUpperCase(), alice.password],
        [alice.email, alice.password],
        ['nobody', alice.password],
        [inactive.username, PASSWORD],
        [inactive.username, 'wrong'],
        [unverified.username, 'wrong'],
        [neither.username, PASSWORD],
        ["' OR '1'='1", "' OR '1'='1"],
        [`${alice.username}' --`, 'x'],
        ['%', 'x'],
      ] as const) {
        const answer = await logIn(username, password);
        assert.equal(answer.status, 400, username);
        assert.deepEqual(answer.body, BAD);
      }
    });

    test('who has not verified the address is told so, with the right password only', async () => {
      const { username } = await registerUser(server, admin);
      const answer = await logIn(username, PASSWORD);
      assert.equal(answer.status, 400);
      assert.deepEqual(answer.body, { detail: 'LOGIN_USER_NOT_VERIFIED' });
    });

    test('whoami shows the account, its keys in their order', async () => {
      const { status, body } = await whoami(`Bearer ${alice.token}`);
      assert.equal(status, 200);
      assert.deepEqual(Object.keys(body as object), USER_KEYS);
      const { password: _, token: __, ...user } = alice;
      assert.deepEqual(body, user);
    });

    test('an unverified user may go on with a token, but whoami and logout refuse', async () => {
      const bob = await addAccount(server, admin);
      await patchUser(server, admin, bob.id, { is_verified: false });
      for (const [method, path] of [
        ['GET', '/latest/whoami'],
        ['POST', '/latest/user/logout'],
      ] as const) {
        const answer = await call(server, method, path, { token: bob.token });
        assert.equal(answer.status, 403);
        assert.deepEqual(answer.body, { detail: 'Forbidden' });
      }
      assert.equal(await statusOf(server, bob.token), 200);
      assert.equal(
        (await call(server, 'PATCH', '/latest/user/me', { token: bob.token, json: {} })).status,
        200,
      );
    });

    test('logout ends the token it came with, and no other', async () => {
      const bob = await addAccount(server, admin);
      const other = (await createToken(server, bob)).access_token;
      assert.equal((await call(server, 'POST', '/latest/user/logout', { token: bob.token })).status, 204);
      assert.equal(await statusOf(server, bob.token), 401);
      assert.equal((await call(server, 'POST', '/latest/user/logout', { token: bob.token })).status, 401);
      assert.equal(await statusOf(server, other), 200);
    });

    for (const [title, form, status] of [
      ['Bearer', (token: string) => `Bearer ${token}`, 200],
      ['bearer in lower case', (token: string) => `bearer ${token}`, 200],
      ['BEARER in upper case', (token: string) => `BEARER ${token}`, 200],
      ['a bare token', (token: string) => token, 401],
      ['another scheme', (token: string) => `Token ${token}`, 401],
      ['Basic', (token: string) => `Basic ${Buffer.from(`x:${token}`).toString('base64')}`, 401],
      ['Bearer alone', () => 'Bearer', 401],
      ['a word after the token', (token: string) => `Bearer ${token} x`, 401],
      ['a quoted token', (token: string) => `Bearer "${token}"`, 401],
    ] as const) {
      test(`Authorization with ${title}: ${status}`, async () => {
        const answer = await whoami(form(alice.token));
        assert.equal(answer.status, status);
        if (status === 401) assert.deepEqual(answer.body, { detail: 'Unauthorized' });
      });
    }

    test('what is open to everybody does not care for garbage in Authorization', async () => {
      for (const [method, path, options, status] of [
        ['GET', '/', {}, 200],
        ['GET', '/groups', {}, 200],
        ['POST', '/user/login', { form: { username: alice.username, password: alice.password } }, 200],
        ['POST', '/user/forgot-password', { json: { email: 'nobody@example.org' } }, 202],
        ['POST', '/user/reset-password', { json: { token: 'x', password: 'long enough' } }, 400],
        ['POST', '/user/accept-invite', { json: { token: 'x', password: 'long enough' } }, 400],
      ] as const) {
        for (const authorization of ['garbage', `Bearer ${alice.token}x`, 'Bearer']) {
          const headers = { Authorization: authorization };
          const answer = await call(server, method, `/latest${path}`, { ...options, headers });
          assert.equal(answer.status, status, path);
        }
      }
    });

    test('tokens of the server that came before are good for everything their owner may do', async () => {
      const { id } = (await call<{ id: string }>(server, 'GET', '/latest/whoami', { token: admin })).body;
      for (const token of [
        makeJwt(olderClaims(id), KEY),
        makeJwt(olderClaims(id), UNIFIED),
        makeJwt({ ...olderClaims(id), aud: 'fastapi-users:auth' }, KEY),
        makeJwt({ ...olderClaims(id), aud: ['other', 'fastapi-users:auth'] }, KEY),
        makeJwt({ ...olderClaims(id), sub: id.toUpperCase() }, KEY),
        makeJwt(
          {
            ...olderClaims(id),
            email: 'a@b.org',
            origin: 'x',
            permissions: ['checkout'],
            iat: 1_700_000_000,
          },
          UNIFIED,
        ),
      ]) {
        assert.equal((await whoami(`Bearer ${token}`)).status, 200);
        assert.equal((await call(server, 'GET', '/latest/audit', { token })).status, 200);
        assert.equal((await call(server, 'PATCH', '/latest/user/me', { token, json: {} })).status, 200);
      }
      const users = makeJwt(olderClaims(alice.id), UNIFIED);
      assert.equal((await whoami(`Bearer ${users}`)).status, 200);
      assert.equal((await call(server, 'GET', '/latest/audit', { token: users })).status, 403);
      const logout = await call(server, 'POST', '/latest/user/logout', { token: users });
      assert.equal(logout.status, 204);
    });

    test('what is not signed by us, not for this or not any more is no token', async () => {
      const claims = olderClaims(alice.id);
      const good = makeJwt(claims, KEY);
      const [header = '', payload = '', signature = ''] = good.split('.');
      const now = Math.floor(Date.now() / 1000);
      const admins = Buffer.from(JSON.stringify({ ...claims, sub: readJwt<{ sub: string }>(admin).sub }));
      assert.equal((await whoami(`Bearer ${good}`)).status, 200);
      const forgeries: Record<string, string> = {
        'another key': makeJwt(claims, 'another key'),
        'an empty key': makeJwt(claims, ''),
        'alg none': makeJwt(claims, KEY, { alg: 'none' }),
        'alg None': makeJwt(claims, KEY, { alg: 'None' }),
        'alg nOnE with a signature': `${makeJwt(claims, KEY, { alg: 'nOnE' })}${signature}`,
        HS384: makeJwt(claims, KEY, { alg: 'HS384' }),
        HS512: makeJwt(claims, KEY, { alg: 'HS512' }),
        RS256: makeRsaJwt(claims),
        'no alg': makeJwt(claims, KEY, { alg: undefined }),
        'a critical header': makeJwt(claims, KEY, { crit: ['x'], x: 1 }),
        'another payload': `${header}.${admins.toString('base64url')}.${signature}`,
        'no signature': `${header}.${payload}.`,
        'two parts': `${header}.${payload}`,
        'a cut signature': good.slice(0, -4),
        'five parts': `${good}.a.b`,
        'no aud': makeJwt({ ...claims, aud: undefined }, KEY),
        'another aud': makeJwt({ ...claims, aud: ['fastapi-users:reset'] }, KEY),
        'an aud that is no text': makeJwt({ ...claims, aud: [1] }, KEY),
        expired: makeJwt({ ...claims, exp: now - 1 }, KEY),
        'an exp that is no number': makeJwt({ ...claims, exp: 'tomorrow' }, KEY),
        'not yet': makeJwt({ ...claims, nbf: now + 3600 }, KEY),
        'no sub': makeJwt({ ...claims, sub: undefined }, KEY),
        'a sub that is no id': makeJwt({ ...claims, sub: alice.username }, KEY),
        'a sub that nobody is': makeJwt({ ...claims, sub: '000000000000000000000000' }, KEY),
        'a sub that is an object': makeJwt({ ...claims, sub: { $ne: null } }, KEY),
        'an unregistered id': makeJwt(
          { ...claims, jti: '000000000000000000000000', scopes: ['admin'], gen: 0 },
          KEY,
        ),
        'an older generation': makeJwt({ ...claims, gen: 7 }, KEY),
        'far too long': makeJwt({ ...claims, padding: 'x'.repeat(9000) }, KEY),
        'no JSON': `${Buffer.from('nonsense').toString('base64url')}.${payload}.${signature}`,
        nonsense: 'not.a.token',
      };
      for (const [title, token] of Object.entries(forgeries)) {
        for (const path of ['/latest/whoami', '/latest/users', '/latest/audit']) {
          const answer = await call(server, 'GET', path, { token });
          assert.equal(answer.status, 401, title);
          assert.deepEqual(answer.body, { detail: 'Unauthorized' });
          assert.equal(answer.headers.get('www-authenticate'), null);
        }
      }
    });

    test('what is registered counts, not what a token says of itself', async () => {
      const readOnly = await createToken(server, server.admin, { scopes: 'read-only' });
      const claims = readJwt(readOnly.access_token);
      const grown = makeJwt({ ...claims, scopes: ['nodes', 'events', 'account', 'admin'] }, KEY);
      assert.equal((await call(server, 'GET', '/latest/whoami', { token: grown })).status, 200);
      assert.equal((await call(server, 'GET', '/latest/audit', { token: grown })).status, 403);
      const stolen = makeJwt({ ...claims, sub: alice.id }, KEY);
      assert.equal((await call(server, 'GET', '/latest/whoami', { token: stolen })).status, 401);
    });

    test('mailed tokens and bearer tokens do not stand in for each other', async () => {
      const username = uniqueName('invited');
      const invite = await call<{ token: string }>(server, 'POST', '/latest/user/invite', {
        token: admin,
        json: { username, email: `${username}@example.org`, send_email: false, return_token: true },
      });
      assert.equal((await whoami(`Bearer ${invite.body.token}`)).status, 401);
      const password = 'a new password';
      for (const token of [alice.token, makeJwt(readJwt(invite.body.token), UNIFIED)]) {
        for (const [path, detail] of [
          ['/user/accept-invite', 'Invalid or expired invite token'],
          ['/user/reset-password', 'RESET_PASSWORD_BAD_TOKEN'],
          ['/user/verify', 'VERIFY_USER_BAD_TOKEN'],
        ] as const) {
          const answer = await call(server, 'POST', `/latest${path}`, { json: { token, password } });
          assert.equal(answer.status, 400);
          assert.deepEqual(answer.body, { detail });
        }
      }
      for (const path of ['/user/reset-password', '/user/verify']) {
        const json = { token: invite.body.token, password };
        assert.equal((await call(server, 'POST', `/latest${path}`, { json })).status, 400, path);
      }
    });

    test('a token ends when its time is over', async () => {
      const { access_token: token, expires } = await createToken(server, alice, { expires_in: '1' });
      assert.match(expires, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
      const { exp } = readJwt<{ exp: number }>(token);
      assert.equal(exp, Date.parse(`${expires}Z`) / 1000);
      await eventually('it has expired', async () =>
        (await statusOf(server, token)) === 401 ? true : undefined,
      );
      assert.ok(Date.now() >= exp * 1000);
    });
  },
  { ownProcess: true },
);
