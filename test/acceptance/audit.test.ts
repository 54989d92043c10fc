import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  type Account,
  type AuditEntry,
  addAccount,
  adminToken,
  createToken,
  type Detail,
  PASSWORD,
  type Page,
  type Problem,
  patchUser,
  readAudit,
  registerUser,
  type User,
} from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { type CallOptions, call, login } from '../helpers/http.ts';
import { readJwt } from '../helpers/jwt.ts';
import { uniqueName } from '../helpers/kci-workspace.ts';
import { tokenIn, waitForOutbox } from '../helpers/outbox.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { runSql } from '../helpers/sql.ts';

const KEYS = [
  'id',
  'time',
  'actor',
  'token_id',
  'address',
  'request_id',
  'action',
  'target',
  'before',
  'after',
];
const NEXT = 'another password of some length';

forEachEngine(
  'the audit log',
  (engine) => {
    let server: TestServer;
    let signups: TestServer;
    let admin: string;
    let root: User;

    before(async () => {
      server = await startServer({ engine });
      signups = await server.startSibling({ KCI_SIGNUP: 'approval' });
      admin = await adminToken(server);
      root = (await call<User>(server, 'GET', '/latest/whoami', { token: admin })).body;
    });

    const send = async <T>(
      method: string,
      path: string,
      options: CallOptions = {},
      to = server,
    ): Promise<T> => {
      const { status, body, text } = await call<T>(to, method, `/latest${path}`, options);
      assert.ok(status < 300, `${method} ${path}: ${status} ${text}`);
      return body;
    };
    const newest = async (): Promise<AuditEntry> => {
      const [entry] = await readAudit(server, admin, { limit: '1' });
      assert.ok(entry);
      return entry;
    };
    const byAdmin = () => ({ id: root.id, username: root.username });
    const self = ({ id, username }: User) => ({ id, username });
    const target = ({ id, username }: User) => ({ type: 'user', id, name: username });

    /** Checks the newest entry, but for what differs with each request. */
    async function assertNewest(expected: Partial<AuditEntry>, tokenId: string | null): Promise<void> {
      const entry = await newest();
      assert.deepEqual(Object.keys(entry), KEYS);
      const { id, time, request_id, ...rest } = entry;
      assert.match(id, /^[0-9a-f]{24}$/);
      assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?$/);
      assert.match(request_id ?? '', /^[0-9a-f-]{36}$/);
      assert.deepEqual(rest, {
        token_id: tokenId,
        address: '127.0.0.1',
        before: null,
        after: null,
        ...expected,
      });
    }
    const adminTokenId = () => readJwt<{ jti: string }>(admin).jti;
    const jti = (token: string) => readJwt<{ jti: string }>(token).jti;

    test('has the first admin as its first entry', async () => {
      const entry = (await readAudit(server, admin, {})).at(-1);
      assert.deepEqual(
        [entry?.action, entry?.actor, entry?.address, entry?.token_id],
        ['user.first-admin', null, null, null],
      );
      assert.deepEqual(entry?.target, target(root));
    });

    test('registration, change and deletion of a user', async () => {
      const user = await registerUser(server, admin, { groups: ['node:edit:any'], is_superuser: 1 });
      const { email } = user;
      const tokenId = adminTokenId();
      const actor = byAdmin();
      const after = { email, is_superuser: true, groups: ['node:edit:any'] };
      await assertNewest({ action: 'user.register', actor, target: target(user), after }, tokenId);

      const changes = {
        username: uniqueName('renamed'),
        is_active: false,
        groups: ['admin'],
        is_superuser: 0,
      };
      await patchUser(server, admin, user.id, { ...changes, email });
      await assertNewest(
        {
          action: 'user.update',
          actor,
          target: target(user),
          before: { username: user.username, is_active: true, is_superuser: true, groups: ['node:edit:any'] },
          after: { ...changes, is_superuser: false },
        },
        tokenId,
      );
      await patchUser(server, admin, user.id, { password: NEXT });
      await assertNewest(
        {
          action: 'user.update',
          actor,
          target: { ...target(user), name: changes.username },
          before: {},
          after: { password: 'changed', tokens: 'revoked' },
        },
        tokenId,
      );
      await send('DELETE', `/user/${user.id}`, { token: admin });
      await assertNewest(
        {
          action: 'user.delete',
          actor,
          target: { ...target(user), name: changes.username },
          before: {
            username: changes.username,
            email,
            is_active: false,
            is_superuser: false,
            is_verified: false,
            groups: ['admin'],
          },
        },
        tokenId,
      );
    });

    test('what users do to their own account', async () => {
      const bob = await addAccount(server, admin);
      const actor = self(bob);
      const email = `new-${bob.email}`;
      await send('PATCH', '/user/me', { token: bob.token, json: { email, password: NEXT } });
      const change = { action: 'user.update-self', actor, target: target(bob) };
      await assertNewest(
        {
          ...change,
          before: { email: bob.email, is_verified: true },
          after: { email, is_verified: false, password: 'changed' },
        },
        jti(bob.token),
      );
      await send('POST', '/user/request-verify-token', { json: { email } });
      const verification = tokenIn(await waitForOutbox(server, email, /confirm/i));
      await send('POST', '/user/verify', { json: { token: verification } });
      const verified = { before: { is_verified: false }, after: { is_verified: true } };
      await assertNewest({ action: 'user.verify', actor, target: target(bob), ...verified }, null);

      await send('POST', '/user/update-password', {
        form: { username: bob.username, password: NEXT, new_password: PASSWORD, revoke_tokens: 'yes' },
      });
      const revoked = { before: {}, after: { password: 'changed', tokens: 'revoked' } };
      await assertNewest({ action: 'user.update-password', actor, target: target(bob), ...revoked }, null);

      await send('POST', '/user/forgot-password', { json: { email } });
      const reset = tokenIn(await waitForOutbox(server, email, /reset/i));
      await send('POST', '/user/reset-password', { json: { token: reset, password: NEXT } });
      await assertNewest({ action: 'user.reset-password', actor, target: target(bob), ...revoked }, null);
    });

    test('invites, again, and their acceptance', async () => {
      const username = uniqueName('invited');
      const json = { username, email: `${username}@example.org`, return_token: true, send_email: false };
      const { user, token } = await send<{ user: User; token: string }>('POST', '/user/invite', {
        token: admin,
        json,
      });
      const entry = { actor: byAdmin(), target: target(user) };
      const after = { email: json.email, is_superuser: false, groups: [] };
      await assertNewest({ ...entry, action: 'user.invite', after }, adminTokenId());
      await send('POST', '/user/invite', { token: admin, json: { ...json, resend_if_exists: true } });
      await assertNewest(
        { ...entry, action: 'user.invite-again', after: { email: json.email } },
        adminTokenId(),
      );
      await send('POST', '/user/accept-invite', { json: { token, password: PASSWORD } });
      await assertNewest(
        {
          action: 'user.accept-invite',
          actor: self(user),
          target: target(user),
          before: { is_verified: false },
          after: { is_verified: true, password: 'changed' },
        },
        null,
      );
    });

    test('logins, new tokens and their revocation', async () => {
      const bob = await addAccount(server, admin);
      const token = await login(server, bob.username, PASSWORD);
      const entry = await newest();
      assert.equal(entry.action, 'user.login');
      assert.deepEqual([entry.actor, entry.token_id], [self(bob), null]);
      assert.deepEqual(entry.target, { type: 'token', id: jti(token), name: 'login' });
      assert.deepEqual(entry.after?.scopes, ['nodes', 'events', 'account', 'admin']);

      const named = await createToken(server, bob, { name: 'ci', scopes: 'nodes' });
      const ofToken = { type: 'token', id: named.id, name: 'ci' };
      await assertNewest(
        {
          action: 'token.create',
          actor: self(bob),
          target: ofToken,
          after: { scopes: ['nodes'], expires: named.expires },
        },
        null,
      );
      await send('DELETE', `/user/tokens/${named.id}`, { token: admin });
      const revocation = { action: 'token.revoke', before: { user: bob.username } };
      await assertNewest({ ...revocation, actor: byAdmin(), target: ofToken }, adminTokenId());
      await send('POST', '/user/logout', { token });
      const own = { type: 'token', id: jti(token), name: 'login' };
      await assertNewest({ ...revocation, actor: self(bob), target: own }, jti(token));
    });

    test('groups', async () => {
      const name = uniqueName('group');
      const { id } = await send<{ id: string }>('POST', '/user-groups', { token: admin, json: { name } });
      const entry = { actor: byAdmin(), target: { type: 'group', id, name } };
      await assertNewest({ ...entry, action: 'group.create' }, adminTokenId());
      await send('DELETE', `/group/${id}`, { token: admin });
      await assertNewest({ ...entry, action: 'group.delete' }, adminTokenId());
    });

    test('sign-ups and what becomes of them', async () => {
      for (const [decision, action] of [
        ['approve', 'signup.approve'],
        ['reject', 'signup.reject'],
      ] as const) {
        const username = uniqueName('new');
        const json = { username, email: `${username}@example.org`, password: PASSWORD };
        await send('POST', '/user/signup', { json }, signups);
        const request = await newest();
        assert.deepEqual([request.action, request.actor], ['signup.request', null]);
        assert.deepEqual(request.after, { email: json.email });
        const id = request.target?.id ?? '';
        await send('POST', `/user/signups/${id}/${decision}`, { token: admin });
        const entry = { actor: byAdmin(), target: { type: 'signup', id, name: username } };
        await assertNewest({ ...entry, action }, adminTokenId());
      }
    });

    test('what is refused leaves no entry', async () => {
      const bob = await addAccount(server, admin);
      const before = await newest();
      const json = { username: bob.username, email: 'x@example.org', password: PASSWORD };
      for (const [method, path, options] of [
        ['POST', '/user/register', { token: admin, json }],
        ['POST', '/user/register', { token: bob.token, json }],
        ['POST', '/user/invite', { token: admin, json }],
        ['PATCH', `/user/${root.id}`, { token: admin, json: { is_superuser: false, groups: [] } }],
        ['PATCH', `/user/${bob.id}`, { token: admin, json: { groups: ['nope'] } }],
        ['PATCH', '/user/me', { token: bob.token, json: { groups: ['admin'] } }],
        ['DELETE', `/user/${root.id}`, { token: bob.token }],
        ['POST', '/group', { token: admin, json: { name: 'admin' } }],
        ['POST', '/user/login', { form: { username: bob.username, password: 'wrong' } }],
        ['POST', '/user/accept-invite', { json: { token: 'x', password: PASSWORD } }],
        ['POST', '/user/verify', { json: { token: 'x' } }],
      ] as const) {
        const { status } = await call(server, method, `/latest${path}`, options);
        assert.ok(status >= 400 && status < 500, `${method} ${path}: ${status}`);
      }
      assert.deepEqual(await newest(), before);
    });

    test('is filtered by act, actor, target and time, in pages, newest first', async () => {
      const bob = await addAccount(server, admin, { is_superuser: true });
      const user = await registerUser(server, bob.token);
      await patchUser(server, bob.token, user.id, { is_active: 0 });
      await patchUser(server, admin, user.id, { is_active: 1 });
      const actions = async (query: Record<string, string>) =>
        (await readAudit(server, admin, query)).map(({ action }) => action);
      assert.deepEqual(await actions({ target: user.username }), [
        'user.update',
        'user.update',
        'user.register',
      ]);
      assert.deepEqual(await actions({ actor: bob.username }), [
        'user.update',
        'user.register',
        'user.login',
      ]);
      assert.deepEqual(await actions({ target: user.username, actor: 'admin' }), ['user.update']);
      assert.deepEqual(await actions({ target: user.username, action: 'user.register' }), ['user.register']);
      assert.deepEqual(await actions({ target: user.username, action: 'user.%' }), []);
      const [last, middle, first] = await readAudit(server, admin, { target: user.username });
      assert.ok(first && middle && last);
      const since = await readAudit(server, admin, { target: user.username, since: middle.time });
      assert.ok(since.length >= 2 && since.length <= 3);
      const until = await readAudit(server, admin, { target: user.username, until: middle.time });
      assert.equal(since.length + until.length, 3);
      for (const form of [`${last.time}Z`, `${last.time}+00:00`, last.time.replace('T', ' ')]) {
        const found = await readAudit(server, admin, { target: user.username, since: form });
        assert.ok(
          found.some(({ id }) => id === last.id),
          form,
        );
      }
      assert.deepEqual(await actions({ target: user.username, until: '2020-01-01' }), []);
      const page = await send<Page<AuditEntry>>('GET', `/audit?target=${user.username}&limit=1&offset=1`, {
        token: admin,
      });
      assert.deepEqual([page.items, page.total, page.limit, page.offset], [[middle], 3, 1, 1]);
    });

    test('refuses wrong filters, and everybody but admins', async () => {
      const bob = await addAccount(server, admin);
      const everyday = await createToken(server, server.admin, { scopes: 'account' });
      for (const [token, status] of [
        ['', 401],
        [bob.token, 403],
        [everyday.access_token, 403],
      ] as const) {
        assert.equal((await call(server, 'GET', '/latest/audit', { token })).status, status);
      }
      for (const query of [
        'since=yesterday',
        'until=2024-13-01',
        'since=2024-02-30',
        'until=',
        'since=1700000000',
      ]) {
        const { status, body } = await call<Detail>(server, 'GET', `/latest/audit?${query}`, {
          token: admin,
        });
        assert.equal(status, 400, query);
        assert.ok(body.detail.startsWith(`${query.split('=')[0]}: `), body.detail);
      }
      const { body } = await call<{ detail: Problem[] }>(server, 'GET', '/latest/audit?limit=0&offset=-1', {
        token: admin,
      });
      assert.deepEqual(
        body.detail.map(({ loc }) => loc.join('.')),
        ['query.limit', 'query.offset'],
      );
    });

    test('holds no secret', async () => {
      const bob: Account = await addAccount(server, admin);
      await createToken(server, bob, { name: 'ci' });
      const rows = JSON.stringify(await runSql(server, 'SELECT * FROM audit'));
      for (const secret of [
        PASSWORD,
        NEXT,
        server.admin.password,
        admin,
        bob.token,
        'eyJ',
        '$argon2',
        '$2b$',
      ]) {
        assert.ok(!rows.includes(secret), secret);
      }
    });
  },
  { ownProcess: true },
);
