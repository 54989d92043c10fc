import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  type Account,
  addAccount,
  adminToken,
  createToken,
  patchUser,
  statusOf,
  type User,
} from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { eventually } from '../helpers/eventually.ts';
import { type CallOptions, call, login } from '../helpers/http.ts';
import { makeJwt, olderClaims } from '../helpers/jwt.ts';
import { tokenIn, waitForOutbox } from '../helpers/outbox.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const KEY = 'the-secret-key-of-this-test';
const NEXT = 'another password of some length';

forEachEngine(
  'revocation',
  (engine) => {
    let server: TestServer;
    let sibling: TestServer;
    let admin: string;

    before(async () => {
      server = await startServer({ engine, env: { SECRET_KEY: KEY } });
      sibling = await server.startSibling();
      admin = await adminToken(server);
    });

    const send = async (method: string, path: string, options: CallOptions, expected = 200) => {
      const { status, text } = await call(server, method, `/latest${path}`, options);
      assert.equal(status, expected, text);
    };

    async function resetPassword({ email }: Account): Promise<void> {
      await send('POST', '/user/forgot-password', { json: { email } }, 202);
      const token = tokenIn(await waitForOutbox(server, email, /reset/i));
      await send('POST', '/user/reset-password', { json: { token, password: NEXT } });
    }

    /** A user with three tokens, which both instances know: of a login, a named one, and one of the older kind. */
    async function userWithTokens(): Promise<{ user: Account; tokens: string[] }> {
      const user = await addAccount(server, admin);
      const named = await createToken(server, user);
      const tokens = [user.token, named.access_token, makeJwt(olderClaims(user.id), KEY)];
      for (const token of tokens) {
        assert.deepEqual([await statusOf(server, token), await statusOf(sibling, token)], [200, 200]);
      }
      return { user, tokens };
    }

    async function assertRevoked(tokens: string[]): Promise<void> {
      for (const token of tokens)
        assert.equal(await statusOf(server, token), 401, 'on the instance that did it');
      for (const token of tokens) {
        await eventually('the other instance refuses it', async () =>
          (await statusOf(sibling, token)) === 401 ? true : undefined,
        );
      }
    }

    const all: Record<string, (user: Account) => Promise<unknown>> = {
      'deactivating the user': ({ id }) => patchUser(server, admin, id, { is_active: false }),
      'deleting the user': ({ id }) => send('DELETE', `/user/${id}`, { token: admin }),
      'a password reset by mail': resetPassword,
      'an admin’s change of the password': ({ id }) => patchUser(server, admin, id, { password: NEXT }),
      'update-password with revoke_tokens in the form': ({ username, password }) =>
        send('POST', '/user/update-password', {
          form: { username, password, new_password: NEXT, revoke_tokens: 'true' },
        }),
      'update-password with revoke_tokens in the query': ({ username, password }) =>
        send('POST', '/user/update-password?revoke_tokens=true', {
          form: { username, password, new_password: NEXT },
        }),
      'PATCH me with revoke_tokens in the body': ({ token }) =>
        send('PATCH', '/user/me', { token, json: { password: NEXT, revoke_tokens: true } }),
      'PATCH me with revoke_tokens in the query': ({ token }) =>
        send('PATCH', '/user/me?revoke_tokens=1', { token, json: {} }),
    };
    for (const [title, act] of Object.entries(all)) {
      test(`${title} ends all tokens, here at once and elsewhere soon`, async () => {
        const { user, tokens } = await userWithTokens();
        await act(user);
        await assertRevoked(tokens);
        assert.equal(await statusOf(server, admin), 200);
      });
    }

    const none: Record<string, (user: Account) => Promise<unknown>> = {
      'update-password': ({ username, password }) =>
        send('POST', '/user/update-password', { form: { username, password, new_password: NEXT } }),
      'update-password with revoke_tokens=false': ({ username, password }) =>
        send('POST', '/user/update-password?revoke_tokens=false', {
          form: { username, password, new_password: NEXT },
        }),
      'a form that says no where the query says yes': ({ username, password }) =>
        send('POST', '/user/update-password?revoke_tokens=true', {
          form: { username, password, new_password: NEXT, revoke_tokens: 'false' },
        }),
      'a new password by PATCH me': ({ token }) =>
        send('PATCH', '/user/me', { token, json: { password: NEXT } }),
      'a new address by PATCH me': ({ token, email }) =>
        send('PATCH', '/user/me', { token, json: { email: `new-${email}` } }),
      'a new name, address, group and verification by an admin': ({ id, email, username }) =>
        patchUser(server, admin, id, {
          username: `new-${username}`,
          email: `new-${email}`,
          is_verified: true,
          groups: ['node:edit:any'],
        }),
      'asking for a password reset': ({ email }) =>
        send('POST', '/user/forgot-password', { json: { email } }, 202),
      'wrong passwords': ({ username }) =>
        send('POST', '/user/login', { form: { username, password: 'wrong' } }, 400),
    };
    for (const [title, act] of Object.entries(none)) {
      test(`${title} leaves the tokens as they are`, async () => {
        const { user, tokens } = await userWithTokens();
        await act(user);
        for (const token of tokens) assert.equal(await statusOf(server, token), 200);
      });
    }

    const one: Record<string, (token: string, id: string, owner: Account) => Promise<unknown>> = {
      'its owner revokes': (_token, id, { token }) => send('DELETE', `/user/tokens/${id}`, { token }, 204),
      'an admin revokes': (_token, id) => send('DELETE', `/user/tokens/${id}`, { token: admin }, 204),
      'logs out': (token) => send('POST', '/user/logout', { token }, 204),
    };
    for (const [title, act] of Object.entries(one)) {
      test(`of the tokens the one that ${title} ends, here at once and elsewhere soon`, async () => {
        const { user, tokens } = await userWithTokens();
        const { id, access_token } = await createToken(server, user);
        assert.deepEqual(
          [await statusOf(server, access_token), await statusOf(sibling, access_token)],
          [200, 200],
        );
        await act(access_token, id, user);
        await assertRevoked([access_token]);
        for (const token of tokens) {
          assert.deepEqual([await statusOf(server, token), await statusOf(sibling, token)], [200, 200]);
        }
      });
    }

    test('after a revocation new tokens are as good as ever', async () => {
      const { user, tokens } = await userWithTokens();
      await patchUser(server, admin, user.id, { password: NEXT });
      await assertRevoked(tokens);
      const token = await login(server, user.username, NEXT);
      assert.deepEqual([await statusOf(server, token), await statusOf(sibling, token)], [200, 200]);
      assert.equal((await createToken(sibling, { ...user, password: NEXT })).token_type, 'bearer');
      assert.equal(await statusOf(server, makeJwt(olderClaims(user.id), KEY)), 401);
    });

    test('an account that is active again has its tokens again', async () => {
      const { user, tokens } = await userWithTokens();
      await patchUser(server, admin, user.id, { is_active: false });
      await assertRevoked(tokens);
      await patchUser(server, admin, user.id, { is_active: true });
      for (const token of tokens) assert.equal(await statusOf(server, token), 200);
    });

    test('rights that are taken away elsewhere are gone soon, those that are given come soon', async () => {
      const { user } = await userWithTokens();
      const audit = async () => (await call(sibling, 'GET', '/latest/audit', { token: user.token })).status;
      const becomes = (status: number) =>
        eventually(`the other instance answers ${status}`, async () =>
          (await audit()) === status ? true : undefined,
        );
      assert.equal(await audit(), 403);
      await patchUser(server, admin, user.id, { groups: ['admin'] });
      await becomes(200);
      await patchUser(server, admin, user.id, { groups: [] });
      await becomes(403);
    });

    test('what one instance changes the other shows', async () => {
      const { user } = await userWithTokens();
      await patchUser(server, admin, user.id, { username: `renamed-${user.username}` });
      const read = await call<User>(sibling, 'GET', `/latest/user/${user.id}`, { token: user.token });
      assert.equal(read.body.username, `renamed-${user.username}`);
      await eventually('whoami has the new name', async () => {
        const { body } = await call<User>(sibling, 'GET', '/latest/whoami', { token: user.token });
        return body.username === `renamed-${user.username}` ? true : undefined;
      });
    });

    test('a user who is deleted and made anew does not inherit tokens', async () => {
      const { user, tokens } = await userWithTokens();
      await send('DELETE', `/user/${user.id}`, { token: admin });
      const again = await addAccount(server, admin, { username: user.username, email: user.email });
      assert.notEqual(again.id, user.id);
      await assertRevoked(tokens);
    });
  },
  { ownProcess: true },
);
