import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  type Account,
  addAccount,
  adminToken,
  type Detail,
  PASSWORD,
  type Problem,
  patchUser,
  registerUser,
  statusOf,
} from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { eventually } from '../helpers/eventually.ts';
import { call, login } from '../helpers/http.ts';
import { makeJwt, readJwt } from '../helpers/jwt.ts';
import { uniqueName } from '../helpers/kci-workspace.ts';
import { readOutbox, tokenIn, waitForOutbox } from '../helpers/outbox.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { runSql } from '../helpers/sql.ts';

const KEY = 'the-secret-key-of-this-test';
const NEXT = 'another password of some length';
const CURRENT_HASH = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/;

/** Made by other implementations of the two algorithms, as the server that came before stored them. */
const OLDER_HASHES = {
  $2b$: ['password of the older server', '$2b$06$abcdefghijklmnopqrstuu8yVyaU7EdRX4jYfHRJzCuaNVzUhWgmC'],
  $2a$: ['password of the older server', '$2a$06$abcdefghijklmnopqrstuu8yVyaU7EdRX4jYfHRJzCuaNVzUhWgmC'],
  $2y$: ['password of the older server', '$2y$06$abcdefghijklmnopqrstuu8yVyaU7EdRX4jYfHRJzCuaNVzUhWgmC'],
  'more than 72 bytes': ['x'.repeat(80), '$2b$06$abcdefghijklmnopqrstuueHLWckpI7Ut91D6aWthlKy4VKsT9yUG'],
  'no ASCII': ['pässwörd ☃', '$2b$06$abcdefghijklmnopqrstuuF/59OtUIQZKclcGFWL/itLBP37bgyqC'],
  'argon2id with other costs': [
    'password of the older server',
    '$argon2id$v=19$m=65536,t=3,p=4$c2l4dGVlbiBieXRlIHNhbA$PF5Ije5MxgmA7Hia3XN2501pPTIcgwcLuz4jD369Zes',
  ],
} as const;

forEachEngine(
  'passwords',
  (engine) => {
    let server: TestServer;
    let admin: string;

    before(async () => {
      // Each test may come from an address of its own, so that failed logins do not add up.
      server = await startServer({ engine, env: { SECRET_KEY: KEY, KCI_TRUSTED_PROXIES: 'loopback' } });
      admin = await adminToken(server);
    });

    const post = (path: string, json: unknown) =>
      call<Detail & { detail: Problem[] }>(server, 'POST', `/latest/user/${path}`, { json });
    const update = (form: Record<string, string>) =>
      call<Detail & { detail: Problem[] }>(server, 'POST', '/latest/user/update-password', { form });
    const logIn = async (username: string, password: string) =>
      (await call(server, 'POST', '/latest/user/login', { form: { username, password } })).status;
    const hashOf = async (username: string) => {
      const [row] = await runSql(server, 'SELECT hashed_password FROM users WHERE username = $1', [username]);
      return String(row?.hashed_password);
    };
    const setHash = (username: string, hash: string) =>
      runSql(server, 'UPDATE users SET hashed_password = $1 WHERE username = $2', [hash, username]);
    async function resetTokenFor({ email }: { email: string }): Promise<string> {
      const { status, text } = await post('forgot-password', { email });
      assert.deepEqual([status, text], [202, 'null']);
      return tokenIn(await waitForOutbox(server, email, /reset/i));
    }

    test('passwords are kept as argon2id, each with a salt of its own', async () => {
      const users = [await registerUser(server, admin), await registerUser(server, admin)];
      const hashes = await Promise.all(users.map(({ username }) => hashOf(username)));
      for (const hash of hashes) assert.match(hash, CURRENT_HASH);
      assert.notEqual(hashes[0], hashes[1]);
      assert.match(await hashOf('admin'), CURRENT_HASH);
    });

    for (const [title, [password, hash]] of Object.entries(OLDER_HASHES)) {
      test(`an older hash (${title}) is good for a login, and renewed by it`, async () => {
        const { username } = await addAccount(server, admin);
        await setHash(username, hash);
        assert.equal(await logIn(username, `${password.slice(0, 5)}?`), 400);
        assert.equal(await hashOf(username), hash);
        assert.equal(await logIn(username, password), 200);
        assert.match(await hashOf(username), CURRENT_HASH);
        assert.equal(await logIn(username, password), 200);
        assert.equal(await logIn(username, PASSWORD), 400);
      });
    }

    test('renewing a hash ends no token and no mailed link', async () => {
      const bob = await addAccount(server, admin);
      const reset = await resetTokenFor(bob);
      const [password, hash] = OLDER_HASHES.$2b$;
      await setHash(bob.username, hash);
      assert.equal(await logIn(bob.username, password), 200);
      assert.equal(await statusOf(server, bob.token), 200);
      assert.equal((await post('reset-password', { token: reset, password: NEXT })).status, 200);
    });

    test('a hash that is damaged, or locked as administrators do, fits no password', async () => {
      const { username } = await addAccount(server, admin);
      for (const hash of [
        '',
        '!',
        '*',
        'x',
        PASSWORD,
        '$2b$06$short',
        '$2b$99$abcdefghijklmnopqrstuu8yVyaU7EdRX4jYfHRJzCuaNVzUhWgmC',
        '$2b$',
        '$2x$06$abcdefghijklmnopqrstuu8yVyaU7EdRX4jYfHRJzCuaNVzUhWgmC',
        '$2',
        '$argon2id$',
        '$argon2id$v=19$m=19456,t=2,p=1$nonsense$nonsense',
        '$6$rounds=5000$salt$hash',
      ]) {
        await setHash(username, hash);
        for (const password of [PASSWORD, hash || 'x']) {
          const form = { username, password };
          const headers = { 'X-Forwarded-For': `10.1.${hash.length}.${password.length % 250}` };
          const answer = await call(server, 'POST', '/latest/user/login', { form, headers });
          assert.deepEqual([answer.status, answer.body], [400, { detail: 'LOGIN_BAD_CREDENTIALS' }], hash);
        }
        await runSql(server, 'DELETE FROM throttles');
        assert.equal(await hashOf(username), hash);
      }
    });

    test('a password needs seven characters, wherever it is set', async () => {
      const bob = await addAccount(server, admin);
      const reset = await resetTokenFor(bob);
      const invited = uniqueName('invited');
      const invite = await call<{ token: string }>(server, 'POST', '/latest/user/invite', {
        token: admin,
        json: { username: invited, email: `${invited}@example.org`, send_email: false, return_token: true },
      });
      const { username } = bob;
      const ways: Record<
        string,
        (password: string) => Promise<{ status: number; body: { detail: Problem[] } }>
      > = {
        register: (password) =>
          call(server, 'POST', '/latest/user/register', {
            token: admin,
            json: { username: uniqueName('x'), email: `${uniqueName('x')}@example.org`, password },
          }),
        'PATCH me': (password) =>
          call(server, 'PATCH', '/latest/user/me', { token: bob.token, json: { password } }),
        'PATCH user': (password) =>
          call(server, 'PATCH', `/latest/user/${bob.id}`, { token: admin, json: { password } }),
        'reset-password': (password) => post('reset-password', { token: reset, password }),
        'accept-invite': (password) => post('accept-invite', { token: invite.body.token, password }),
        'update-password': (password) => update({ username, password: PASSWORD, new_password: password }),
      };
      for (const [way, set] of Object.entries(ways)) {
        const field = way === 'update-password' ? 'new_password' : 'password';
        for (const password of ['123456', '☃☃☃😀😀😀', 'p'.repeat(4097)]) {
          const { status, body } = await set(password);
          assert.equal(status, 422, `${way} ${password.slice(0, 10)}`);
          assert.deepEqual(
            body.detail.map(({ loc }) => loc.join('.')),
            [`body.${field}`],
          );
        }
      }
      assert.equal(await logIn(username, PASSWORD), 200);
      for (const password of ['1234567', '☃☃☃😀😀😀x', '      7', 'p'.repeat(4096)]) {
        const user = await addAccount(server, admin, { password });
        assert.equal(await logIn(user.username, password), 200);
      }
      assert.equal((await ways['reset-password']?.('1234567'))?.status, 200);
      assert.equal((await ways['accept-invite']?.('1234567'))?.status, 200);
    });

    test('whole passwords count, to the last of many characters', async () => {
      const password = 'p'.repeat(100);
      const { username } = await addAccount(server, admin, { password });
      for (const wrong of [password.slice(0, 72), `${password}p`, `${password.slice(0, -1)}q`]) {
        assert.equal(await logIn(username, wrong), 400);
      }
    });

    test('the password in hand changes it, without a token', async () => {
      const bob = await addAccount(server, admin);
      const { username, password } = bob;
      const answer = await update({ username, password, new_password: NEXT });
      assert.deepEqual([answer.status, answer.text], [200, 'null']);
      assert.deepEqual([await logIn(username, password), await logIn(username, NEXT)], [400, 200]);
      for (const form of [
        { username, password, new_password: 'yet another one' },
        { username: 'nobody', password: NEXT, new_password: 'yet another one' },
        { username, password: 'wrong', new_password: 'x' },
      ]) {
        const refused = await update(form);
        assert.deepEqual([refused.status, refused.body], [400, { detail: 'LOGIN_BAD_CREDENTIALS' }]);
      }
      const unverified = await registerUser(server, admin);
      const own = await update({ username: unverified.username, password: PASSWORD, new_password: NEXT });
      assert.equal(own.status, 200);
      await patchUser(server, admin, bob.id, { is_active: false });
      assert.equal((await update({ username, password: NEXT, new_password: password })).status, 400);
      const missing = await update({ username, revoke_tokens: 'perhaps' });
      assert.equal(missing.status, 422);
      assert.deepEqual(missing.body.detail.map(({ loc }) => loc.at(-1)).sort(), [
        'new_password',
        'password',
        'revoke_tokens',
      ]);
    });

    test('of changes at once with the same password one succeeds', async () => {
      const { username, password } = await addAccount(server, admin);
      const passwords = Array.from({ length: 4 }, (_, i) => `${NEXT} ${i}`);
      const answers = await Promise.all(
        passwords.map((next) => update({ username, password, new_password: next })),
      );
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 400, 400, 400]);
      const winner = passwords[answers.findIndex(({ status }) => status === 200)] ?? '';
      assert.equal(await logIn(username, winner), 200);
    });

    test('a mailed token sets a password, once, and tells the owner', async () => {
      const bob = await addAccount(server, admin);
      const token = await resetTokenFor(bob);
      const answer = await post('reset-password', { token, password: NEXT });
      assert.deepEqual([answer.status, answer.text], [200, 'null']);
      assert.deepEqual([await logIn(bob.username, PASSWORD), await logIn(bob.username, NEXT)], [400, 200]);
      const again = await post('reset-password', { token, password: 'yet another one' });
      assert.deepEqual([again.status, again.body], [400, { detail: 'RESET_PASSWORD_BAD_TOKEN' }]);
      await waitForOutbox(server, bob.email, /was changed/);
      const unverified = await registerUser(server, admin);
      const own = await resetTokenFor(unverified);
      assert.equal((await post('reset-password', { token: own, password: NEXT })).status, 200);
    });

    const voids: Record<string, (bob: Account, token: string) => Promise<unknown>> = {
      'a new password': ({ id }) => patchUser(server, admin, id, { password: NEXT }),
      'a new address': ({ id, email }) => patchUser(server, admin, id, { email: `new-${email}` }),
      'the use of another token': async (bob) =>
        assert.equal(
          (await post('reset-password', { token: await otherToken(bob), password: NEXT })).status,
          200,
        ),
      deactivation: ({ id }) => patchUser(server, admin, id, { is_active: false }),
      deletion: ({ id }) => call(server, 'DELETE', `/latest/user/${id}`, { token: admin }),
    };
    async function otherToken({ email }: Account): Promise<string> {
      const count = async () => (await readOutbox(server)).filter(({ to }) => to === email).length;
      const before = await count();
      await post('forgot-password', { email });
      await eventually('another mail', async () => ((await count()) > before ? true : undefined));
      return tokenIn(await waitForOutbox(server, email, /reset/i));
    }
    for (const [title, act] of Object.entries(voids)) {
      test(`${title} makes a mailed reset token void`, async () => {
        const bob = await addAccount(server, admin);
        const token = await resetTokenFor(bob);
        await act(bob, token);
        const { status, body } = await post('reset-password', { token, password: 'yet another one' });
        assert.deepEqual([status, body], [400, { detail: 'RESET_PASSWORD_BAD_TOKEN' }]);
      });
    }

    test('reset tokens that are expired, changed or made up are refused', async () => {
      const bob = await addAccount(server, admin);
      const token = await resetTokenFor(bob);
      const claims = readJwt(token);
      for (const bad of [
        'nope',
        '',
        `${token}x`,
        makeJwt({ ...claims, exp: Math.floor(Date.now() / 1000) - 1 }, KEY),
        makeJwt({ ...claims, exp: undefined }, KEY),
        makeJwt(claims, 'another key'),
        makeJwt(claims, KEY, { alg: 'none' }),
        makeJwt({ ...claims, purpose: 'verify' }, KEY),
        makeJwt({ ...claims, ver: 99 }, KEY),
        makeJwt({ ...claims, sub: 'x' }, KEY),
        makeJwt({ ...claims, email: 'other@example.org' }, KEY),
      ]) {
        const { status, body } = await post('reset-password', { token: bad, password: NEXT });
        assert.deepEqual([status, body], [400, { detail: 'RESET_PASSWORD_BAD_TOKEN' }], bad);
      }
      assert.equal((await post('reset-password', { token: 'x'.repeat(8193), password: NEXT })).status, 422);
      assert.equal(await logIn(bob.username, PASSWORD), 200);
    });

    test('whether an address has an account is not told', async () => {
      const inactive = await registerUser(server, admin);
      await patchUser(server, admin, inactive.id, { is_active: false });
      const known = await registerUser(server, admin);
      for (const email of ['nobody@example.org', inactive.email, known.email]) {
        const answer = await post('forgot-password', { email });
        assert.deepEqual([answer.status, answer.text, answer.headers.get('kci-mail')], [202, 'null', null]);
      }
      await waitForOutbox(server, known.email, /reset/i);
      const mailed = (await readOutbox(server)).map(({ to }) => to);
      assert.ok(!mailed.includes('nobody@example.org') && !mailed.includes(inactive.email));
      const upper = await registerUser(server, admin);
      await post('forgot-password', { email: upper.email.toUpperCase() });
      await waitForOutbox(server, upper.email, /reset/i);
      await login(server, server.admin.username, server.admin.password);
    });
  },
  { ownProcess: true },
);
