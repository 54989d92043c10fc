import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  type Account,
  addAccount,
  adminToken,
  type Detail,
  PASSWORD,
  patchUser,
  registerUser,
  USER_KEYS,
  type User,
} from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { call, login } from '../helpers/http.ts';
import { makeJwt, readJwt } from '../helpers/jwt.ts';
import { uniqueName } from '../helpers/kci-workspace.ts';
import { readOutbox, tokenIn, waitForOutbox } from '../helpers/outbox.ts';
import { exchangeRaw } from '../helpers/raw-http.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

interface Invite {
  user: User;
  email_sent: boolean;
  public_base_url: string;
  accept_invite_url: string;
  invite_url: string | null;
  token: string | null;
}

const KEY = 'the-secret-key-of-this-test';
const ACCEPTED = [400, { detail: 'Invite already accepted' }];
const BAD_INVITE = [400, { detail: 'Invalid or expired invite token' }];
const BAD_VERIFICATION = [400, { detail: 'VERIFY_USER_BAD_TOKEN' }];

forEachEngine(
  'invites and verification',
  (engine) => {
    let server: TestServer;
    let admin: string;
    let alice: Account;

    before(async () => {
      server = await startServer({ engine, env: { SECRET_KEY: KEY } });
      admin = await adminToken(server);
      alice = await addAccount(server, admin);
    });

    const invite = (json: Record<string, unknown>, token = admin) =>
      call<Invite & Detail>(server, 'POST', '/latest/user/invite', { token, json });
    const someone = () => {
      const username = uniqueName('invited');
      return { username, email: `${username}@example.org` };
    };
    const quiet = { send_email: false, return_token: true };
    async function invited(): Promise<{ user: User; token: string }> {
      const { status, body, text } = await invite({ ...someone(), ...quiet });
      assert.equal(status, 200, text);
      return { user: body.user, token: body.token ?? '' };
    }
    const accept = async (token: unknown, password: unknown = PASSWORD) => {
      const { status, body } = await call(server, 'POST', '/latest/user/accept-invite', {
        json: { token, password },
      });
      return [status, body];
    };
    const verify = async (token: unknown) => {
      const { status, body } = await call(server, 'POST', '/latest/user/verify', { json: { token } });
      return [status, body];
    };
    const requestVerification = async (email: string) => {
      const answer = await call(server, 'POST', '/latest/user/request-verify-token', { json: { email } });
      assert.deepEqual([answer.status, answer.text], [202, 'null']);
    };
    async function verificationFor({ email }: User): Promise<string> {
      await requestVerification(email);
      return tokenIn(await waitForOutbox(server, email, /confirm/i));
    }

    test('an invite makes an account that opens with the token', async () => {
      const { username, email } = someone();
      const { status, body, headers } = await invite({
        username,
        email,
        groups: ['node:edit:any'],
        is_superuser: true,
        return_token: true,
      });
      assert.equal(status, 200);
      assert.deepEqual(Object.keys(body), [
        'user',
        'email_sent',
        'public_base_url',
        'accept_invite_url',
        'invite_url',
        'token',
      ]);
      const { user, token, ...rest } = body;
      assert.deepEqual(rest, {
        email_sent: true,
        public_base_url: server.url,
        accept_invite_url: `${server.url}/user/accept-invite`,
        invite_url: `${server.url}/user/accept-invite?token=${token}`,
      });
      assert.deepEqual(Object.keys(user), USER_KEYS);
      assert.deepEqual(
        [user.username, user.email, user.is_active, user.is_verified, user.is_superuser],
        [username, email, true, false, true],
      );
      assert.equal(headers.get('kci-mail'), 'outbox');
      const mail = await waitForOutbox(server, email, /invitation/i);
      assert.equal(tokenIn(mail), token);
      assert.ok(mail.text.includes(body.invite_url ?? ''));

      const form = { username, password: PASSWORD };
      assert.equal((await call(server, 'POST', '/latest/user/login', { form })).status, 400);
      const [accepted, account] = await accept(token);
      assert.equal(accepted, 200);
      assert.deepEqual(account, { ...user, is_verified: true });
      await login(server, username, PASSWORD);
      assert.deepEqual(await accept(token, 'another password'), ACCEPTED);
      await login(server, username, PASSWORD);
    });

    test('the token is told only when asked for, and mailed only when wanted', async () => {
      const told = await invite({ ...someone(), send_email: false });
      assert.deepEqual([told.body.token, told.body.invite_url, told.body.email_sent], [null, null, false]);
      assert.equal(told.headers.get('kci-mail'), null);
      const { body } = await invite({ ...someone(), send_email: 0, return_token: '1' });
      assert.equal(typeof body.token, 'string');
      const mailed = (await readOutbox(server)).map(({ to }) => to);
      assert.ok(!mailed.includes(told.body.user.email) && !mailed.includes(body.user.email));
    });

    test('an invite that is sent again leaves the first one valid', async () => {
      const who = someone();
      const first = await invite({ ...who, ...quiet });
      const again = { ...who, ...quiet, resend_if_exists: true };
      const second = await invite(again);
      assert.equal(second.status, 200);
      assert.equal(second.body.user.id, first.body.user.id);
      assert.equal((await accept(first.body.token))[0], 200);
      assert.deepEqual(await accept(second.body.token), ACCEPTED);
      const late = await invite(again);
      assert.deepEqual([late.status, late.body.detail], [400, 'User already exists and is verified']);
    });

    test('an account that exists is not invited', async () => {
      const who = someone();
      await invite({ ...who, ...quiet });
      for (const [json, detail] of [
        [who, 'User already exists'],
        [{ ...who, username: uniqueName('x') }, 'User already exists'],
        [{ ...who, email: `${uniqueName('x')}@example.org` }, 'User already exists'],
        [{ ...who, email: who.email.toUpperCase() }, 'User already exists'],
        [
          { ...who, email: `${uniqueName('x')}@example.org`, resend_if_exists: true },
          'Existing user has a different email',
        ],
        [
          { ...who, username: uniqueName('x'), resend_if_exists: true },
          'Existing user has a different username',
        ],
        [
          { username: alice.username, email: alice.email, resend_if_exists: true },
          'User already exists and is verified',
        ],
        [{ ...someone(), groups: ['nope'] }, 'User group does not exist with name: nope'],
      ] as const) {
        const answer = await invite({ ...quiet, ...json });
        assert.deepEqual([answer.status, answer.body.detail], [400, detail]);
      }
    });

    test('only admins invite, and see where invites lead', async () => {
      assert.equal((await invite(someone(), '')).status, 401);
      assert.deepEqual((await invite(someone(), alice.token)).body, { detail: 'Forbidden' });
      const urls = (token: string) => call(server, 'GET', '/latest/user/invite/url', { token });
      assert.equal((await urls('')).status, 401);
      assert.equal((await urls(alice.token)).status, 403);
      assert.deepEqual((await urls(admin)).body, {
        public_base_url: server.url,
        accept_invite_url: `${server.url}/user/accept-invite`,
      });
    });

    test('an invite leads to where the admin reaches the server, also without a host', async () => {
      const ask = (head: string) =>
        exchangeRaw(
          server,
          `GET /latest/user/invite/url ${head}Authorization: Bearer ${admin}\r\nConnection: close\r\n\r\n`,
        );
      const named = await ask('HTTP/1.1\r\nHost: api.example.org\r\n');
      assert.equal(JSON.parse(named.body).public_base_url, 'http://api.example.org');
      const unnamed = await ask('HTTP/1.0\r\n');
      assert.equal(JSON.parse(unnamed.body).public_base_url, server.url);
    });

    test('a mail that strangers cause never leads where they say', async () => {
      const bob = await registerUser(server, admin);
      const body = JSON.stringify({ email: bob.email });
      for (const path of ['forgot-password', 'request-verify-token']) {
        await exchangeRaw(
          server,
          `POST /latest/user/${path} HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\n` +
            `Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
        );
      }
      const mails = [
        await waitForOutbox(server, bob.email, /reset/i),
        await waitForOutbox(server, bob.email, /confirm/i),
      ];
      for (const { text } of mails) {
        assert.doesNotMatch(text, /evil/);
        assert.ok(text.includes(server.url));
      }
    });

    test('invites that are expired, changed or made up are refused', async () => {
      const { user, token } = await invited();
      const claims = readJwt(token);
      const now = Math.floor(Date.now() / 1000);
      assert.equal(Number(claims.exp) - Number(claims.iat), 7 * 24 * 3600);
      for (const bad of [
        'nope',
        '',
        `${token}x`,
        makeJwt({ ...claims, exp: now - 1 }, KEY),
        makeJwt({ ...claims, exp: undefined }, KEY),
        makeJwt(claims, 'another key'),
        makeJwt(claims, KEY, { alg: 'none' }),
        makeJwt({ ...claims, purpose: 'reset' }, KEY),
        makeJwt({ ...claims, purpose: undefined }, KEY),
        makeJwt({ ...claims, email: alice.email }, KEY),
        makeJwt({ ...claims, sub: '000000000000000000000000' }, KEY),
        makeJwt({ ...claims, ver: 5 }, KEY),
      ]) {
        assert.deepEqual(await accept(bad), BAD_INVITE, bad);
      }
      const { body } = await call<User>(server, 'GET', `/latest/user/${user.id}`, { token: admin });
      assert.equal(body.is_verified, false);
      assert.equal((await accept(token))[0], 200);
    });

    for (const [title, change, expected] of [
      ['a new address', () => ({ email: `${uniqueName('new')}@example.org` }), BAD_INVITE],
      ['a password of the admin', () => ({ password: 'another password' }), BAD_INVITE],
      ['deactivation', () => ({ is_active: false }), BAD_INVITE],
      ['verification by the admin', () => ({ is_verified: true }), ACCEPTED],
    ] as const) {
      test(`${title} makes an invite void`, async () => {
        const { user, token } = await invited();
        await patchUser(server, admin, user.id, change());
        assert.deepEqual(await accept(token), expected);
      });
    }

    test('of acceptances at once one succeeds', async () => {
      const { user, token } = await invited();
      const passwords = Array.from({ length: 5 }, (_, i) => `${PASSWORD} ${i}`);
      const answers = await Promise.all(passwords.map((password) => accept(token, password)));
      assert.deepEqual(answers.map(([status]) => status).sort(), [200, 400, 400, 400, 400]);
      await login(server, user.username, passwords[answers.findIndex(([status]) => status === 200)] ?? '');
    });

    test('a mailed token verifies an address, once', async () => {
      const bob = await registerUser(server, admin);
      const token = await verificationFor(bob);
      const [status, body] = await verify(token);
      assert.equal(status, 200);
      assert.deepEqual(body, { ...bob, is_verified: true });
      assert.deepEqual(await verify(token), [400, { detail: 'VERIFY_USER_ALREADY_VERIFIED' }]);
      await login(server, bob.username, PASSWORD);
    });

    test('verification tokens that are expired, changed, made up or outdated are refused', async () => {
      const bob = await registerUser(server, admin);
      const token = await verificationFor(bob);
      const claims = readJwt(token);
      for (const bad of [
        'nope',
        '',
        `x${token}`,
        makeJwt({ ...claims, exp: Math.floor(Date.now() / 1000) - 1 }, KEY),
        makeJwt(claims, 'another key'),
        makeJwt(claims, KEY, { alg: 'none' }),
        makeJwt({ ...claims, purpose: 'invite' }, KEY),
        makeJwt({ ...claims, email: 'other@example.org' }, KEY),
      ]) {
        assert.deepEqual(await verify(bad), BAD_VERIFICATION, bad);
      }
      const email = `new-${bob.email}`;
      await patchUser(server, admin, bob.id, { email });
      assert.deepEqual(await verify(token), BAD_VERIFICATION);
      await patchUser(server, admin, bob.id, { email: bob.email });
      assert.deepEqual(await verify(token), BAD_VERIFICATION);
      const fresh = makeJwt({ ...claims, ver: Number(claims.ver) + 2 }, KEY);
      await patchUser(server, admin, bob.id, { is_active: false });
      assert.deepEqual(await verify(fresh), BAD_VERIFICATION);
      await patchUser(server, admin, bob.id, { is_active: true });
      assert.equal((await verify(fresh))[0], 200);
    });

    test('whether an address is known, active or verified is not told', async () => {
      const inactive = await registerUser(server, admin);
      await patchUser(server, admin, inactive.id, { is_active: false });
      const last = await registerUser(server, admin);
      for (const email of ['nobody@example.org', inactive.email, alice.email, last.email]) {
        await requestVerification(email);
      }
      await waitForOutbox(server, last.email, /confirm/i);
      const mailed = (await readOutbox(server)).filter(({ subject }) => /confirm/i.test(subject));
      for (const { to } of mailed)
        assert.ok(!['nobody@example.org', inactive.email, alice.email].includes(to), to);
    });

    test('a registration can send its mail, with name and password', async () => {
      const { username, email } = someone();
      const json = { username, email, password: PASSWORD, send_email: true };
      const answer = await call(server, 'POST', '/latest/user/register', { token: admin, json });
      assert.equal(answer.headers.get('kci-mail'), 'outbox');
      assert.match(decodeURI(answer.headers.get('kci-mail-outbox') ?? ''), /\/outbox\/[0-9a-f]{24}\.eml$/);
      const { text } = await waitForOutbox(server, email, /Early Access account/);
      for (const part of [username, PASSWORD, server.url]) assert.ok(text.includes(part), part);
    });
  },
  { ownProcess: true },
);
