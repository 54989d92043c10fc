import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  type Account,
  addAccount,
  adminToken,
  createToken,
  type Detail,
  type NewToken,
  type Page,
  type Problem,
  patchUser,
  registerUser,
  statusOf,
} from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { eventually } from '../helpers/eventually.ts';
import { call } from '../helpers/http.ts';
import { readJwt } from '../helpers/jwt.ts';
import { uniqueName } from '../helpers/kci-workspace.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

interface TokenInfo {
  id: string;
  user: { id: string; username: string };
  name: string;
  scopes: string[];
  created: string;
  expires: string;
  last_used: string | null;
}

const DAY_SECONDS = 24 * 3600;
const EVERYDAY = ['nodes', 'events', 'account'];
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?$/;

forEachEngine('tokens', (engine) => {
  let server: TestServer;
  let admin: string;
  let alice: Account;
  let bob: Account;

  before(async () => {
    server = await startServer({ engine });
    admin = await adminToken(server);
    [alice, bob] = await Promise.all([addAccount(server, admin), addAccount(server, admin)]);
  });

  const ask = (form: Record<string, string>) =>
    call<NewToken & Detail & { detail: Problem[] }>(server, 'POST', '/latest/user/token', { form });
  const askAs = ({ username, password }: Account, form: Record<string, string>) =>
    ask({ username, password, ...form });
  const list = (token: string, query = '') =>
    call<Page<TokenInfo> & Detail>(server, 'GET', `/latest/user/tokens${query}`, { token });
  const revoke = (token: string, id: string) =>
    call<Detail>(server, 'DELETE', `/latest/user/tokens/${id}`, { token });
  const idsOf = async (token: string, query = '?limit=1000') =>
    (await list(token, query)).body.items.map(({ id }) => id);

  test('without wishes a token has all rights of its owner and ninety days', async () => {
    for (const [owner, scopes] of [
      [alice, EVERYDAY],
      [server.admin, [...EVERYDAY, 'admin']],
    ] as const) {
      const { username, password } = owner;
      const { status, body } = await ask({ username, password });
      assert.equal(status, 200);
      assert.deepEqual(Object.keys(body), ['access_token', 'token_type', 'id', 'name', 'scopes', 'expires']);
      const { token_type, name, id, access_token, expires } = body;
      assert.deepEqual([token_type, name], ['bearer', '']);
      assert.deepEqual(body.scopes, scopes);
      assert.match(id, /^[0-9a-f]{24}$/);
      assert.match(expires, TIME);
      const claims = readJwt<{ exp: number; iat: number; jti: string }>(access_token);
      assert.equal(claims.exp - claims.iat, 90 * DAY_SECONDS);
      assert.equal(claims.exp * 1000, Date.parse(`${expires}Z`));
      assert.equal(claims.jti, id);
    }
  });

  test('name, scopes and lifetime are as wished', async () => {
    for (const [scopes, expected] of [
      ['read-only', ['read-only']],
      ['nodes', ['nodes']],
      ['nodes events', ['nodes', 'events']],
      ['events,nodes', ['events', 'nodes']],
      [' account ,, nodes  nodes ', ['account', 'nodes']],
    ] as const) {
      const { status, body } = await askAs(alice, { scopes, name: 'für CI ☃', expires_in: '3600' });
      assert.equal(status, 200);
      assert.deepEqual(body.scopes, expected);
      assert.equal(body.name, 'für CI ☃');
      const { exp, iat } = readJwt<{ exp: number; iat: number }>(body.access_token);
      assert.equal(exp - iat, 3600);
    }
  });

  for (const [form, field] of [
    [{ scopes: 'everything' }, 'scopes'],
    [{ scopes: 'nodes Admin' }, 'scopes'],
    [{ scopes: 'read-only nodes' }, 'scopes'],
    [{ scopes: 'admin' }, 'scopes'],
    [{ scopes: 'nodes,admin' }, 'scopes'],
    [{ scopes: 'nodes '.repeat(100) }, 'scopes'],
    [{ name: 'n'.repeat(129) }, 'name'],
    [{ expires_in: '0' }, 'expires_in'],
    [{ expires_in: '-60' }, 'expires_in'],
    [{ expires_in: '1.5' }, 'expires_in'],
    [{ expires_in: 'soon' }, 'expires_in'],
    [{ expires_in: '1e99' }, 'expires_in'],
    [{ expires_in: '99999999999999999999' }, 'expires_in'],
    [{ expires_in: String(10 * 365 * DAY_SECONDS + 1) }, 'expires_in'],
  ] as const) {
    test(`a user is refused ${JSON.stringify(form).slice(0, 60)}, and the field named`, async () => {
      const before = await idsOf(alice.token);
      const { status, body } = await askAs(alice, form);
      assert.equal(status, 422);
      assert.deepEqual(
        body.detail.map(({ loc }) => loc.join('.')),
        [`body.${field}`],
      );
      assert.deepEqual(await idsOf(alice.token), before);
    });
  }

  test('the same credentials are needed as for a login', async () => {
    const unverified = await registerUser(server, admin);
    for (const [username, password, detail] of [
      [alice.username, 'wrong', 'LOGIN_BAD_CREDENTIALS'],
      ['nobody', alice.password, 'LOGIN_BAD_CREDENTIALS'],
      [unverified.username, alice.password, 'LOGIN_USER_NOT_VERIFIED'],
    ] as const) {
      const answer = await ask({ username, password });
      assert.equal(answer.status, 400);
      assert.deepEqual(answer.body, { detail });
    }
  });

  test('each scope opens what it says, and nothing else', async () => {
    const ownerOfAll = await addAccount(server, admin, { groups: ['admin'] });
    const group = (
      await call<{ id: string }>(server, 'POST', '/latest/group', {
        token: admin,
        json: { name: uniqueName('group') },
      })
    ).body;
    const routes: Record<string, (token: string) => Promise<{ status: number; body: unknown }>> = {
      whoami: (token) => call(server, 'GET', '/latest/whoami', { token }),
      users: (token) => call(server, 'GET', '/latest/users', { token }),
      'own tokens': (token) => list(token),
      'own account': (token) => call(server, 'PATCH', '/latest/user/me', { token, json: {} }),
      'revoking a token': (token) => revoke(token, '000000000000000000000000'),
      'a new node': (token) => call(server, 'POST', '/latest/node', { token, json: {} }),
      audit: (token) => call(server, 'GET', '/latest/audit', { token }),
      'user groups': (token) => call(server, 'GET', `/latest/user-groups/${group.id}`, { token }),
      'a user of others': (token) => call(server, 'PATCH', `/latest/user/${bob.id}`, { token, json: {} }),
      'all tokens': (token) => list(token, '?all=true'),
    };
    const read = { whoami: 200, users: 200, 'own tokens': 200 };
    const closed = {
      ...read,
      'own account': 403,
      'revoking a token': 403,
      'a new node': 403,
      audit: 403,
      'user groups': 403,
      'a user of others': 403,
      'all tokens': 403,
    };
    const account = { 'own account': 200, 'revoking a token': 404 };
    const asAdmin = {
      'revoking a token': 404,
      audit: 200,
      'user groups': 200,
      'a user of others': 200,
      'all tokens': 200,
    };
    for (const [scopes, expected] of [
      ['read-only', closed],
      ['events', closed],
      ['nodes', { ...closed, 'a new node': 422 }],
      ['account', { ...closed, ...account }],
      ['nodes events account', { ...closed, ...account, 'a new node': 422 }],
      ['admin', { ...closed, ...asAdmin }],
      ['nodes events account admin', { ...closed, ...account, ...asAdmin, 'a new node': 422 }],
      ['', { ...closed, ...account, ...asAdmin, 'a new node': 422 }],
    ] as const) {
      const { access_token } = await createToken(server, ownerOfAll, scopes === '' ? {} : { scopes });
      const found = await Promise.all(
        Object.entries(routes).map(
          async ([name, send]) => [name, (await send(access_token)).status] as const,
        ),
      );
      assert.deepEqual(Object.fromEntries(found), expected, scopes);
      assert.equal((await call(server, 'POST', '/latest/user/logout', { token: access_token })).status, 204);
    }
  });

  test('an admin with an everyday token hears what would work, others do not', async () => {
    const everyday = await createToken(server, server.admin, { scopes: EVERYDAY.join(' ') });
    const answer = await call<Detail>(server, 'GET', '/latest/audit', { token: everyday.access_token });
    assert.equal(answer.status, 403);
    assert.match(answer.body.detail, /^Forbidden\b.*admin scope.*kci --as admin/);
    const refused = await call<Detail>(server, 'GET', '/latest/audit', { token: alice.token });
    assert.deepEqual([refused.status, refused.body], [403, { detail: 'Forbidden' }]);
    const readOnly = await createToken(server, alice, { scopes: 'read-only' });
    const patch = await call<Detail>(server, 'PATCH', '/latest/user/me', {
      token: readOnly.access_token,
      json: {},
    });
    assert.match(patch.body.detail, /^Forbidden\b.*account scope.*read-only/);
  });

  test('the admin scope is worth what its owner is', async () => {
    const carol = await addAccount(server, admin, { is_superuser: true });
    const { access_token: token } = await createToken(server, carol, { scopes: 'admin' });
    const audit = async () => (await call(server, 'GET', '/latest/audit', { token })).status;
    assert.equal(await audit(), 200);
    await patchUser(server, admin, carol.id, { is_superuser: false });
    assert.equal(await audit(), 403);
    await patchUser(server, admin, carol.id, { groups: ['admin'] });
    assert.equal(await audit(), 200);
    await patchUser(server, admin, carol.id, { groups: [] });
    assert.equal(await audit(), 403);
  });

  test('users list their own tokens, admins anybody’s', async () => {
    const carol = await addAccount(server, admin);
    const named = await createToken(server, carol, { name: 'ci', scopes: 'nodes' });
    const { status, body } = await list(carol.token);
    assert.equal(status, 200);
    assert.deepEqual([body.total, body.limit, body.offset], [2, 50, 0]);
    const [first, second] = body.items;
    assert.deepEqual([first?.name, first?.scopes], ['login', [...EVERYDAY, 'admin']]);
    const { created, ...info } = second as TokenInfo;
    assert.match(created, TIME);
    assert.deepEqual(info, {
      id: named.id,
      user: { id: carol.id, username: carol.username },
      name: 'ci',
      scopes: ['nodes'],
      expires: named.expires,
      last_used: null,
    });
    assert.deepEqual(await idsOf(carol.token, '?limit=1&offset=1'), [named.id]);
    assert.deepEqual((await list(carol.token, `?username=${carol.username}`)).body.items.length, 2);
    assert.deepEqual(await idsOf(admin, `?username=${carol.username}`), [first?.id, named.id]);
    const all = await list(admin, '?all=true&limit=10000');
    assert.ok(all.body.items.some(({ id }) => id === named.id) && all.body.total > 4);
    for (const query of [`?username=${alice.username}`, '?all=true', '?username=nobody', '?all=yes']) {
      assert.deepEqual((await list(carol.token, query)).body, { detail: 'Forbidden' }, query);
    }
    assert.equal((await list(admin, '?username=nobody')).status, 404);
    assert.equal((await list(admin, '?all=maybe')).status, 422);
  });

  test('tokens that have expired are listed no more', async () => {
    const { id } = await createToken(server, bob, { expires_in: '1' });
    await eventually('it is gone', async () => ((await idsOf(bob.token)).includes(id) ? undefined : true));
  });

  test('users revoke their own tokens, at once and once', async () => {
    const { id, access_token } = await createToken(server, alice);
    assert.equal(await statusOf(server, access_token), 200);
    assert.equal((await revoke(alice.token, id.toUpperCase())).status, 204);
    assert.equal(await statusOf(server, access_token), 401);
    const again = await revoke(alice.token, id);
    assert.deepEqual([again.status, again.body.detail], [404, `Token not found with id: ${id}`]);
    assert.ok(!(await idsOf(alice.token)).includes(id));
  });

  test('a token may revoke itself', async () => {
    const { id, access_token } = await createToken(server, alice);
    assert.equal((await revoke(access_token, id)).status, 204);
    assert.equal(await statusOf(server, access_token), 401);
  });

  test('others’ tokens are nobody’s business but an admin’s', async () => {
    const { id, access_token } = await createToken(server, alice);
    const everyday = (await createToken(server, server.admin, { scopes: 'account' })).access_token;
    for (const stranger of [bob.token, everyday]) {
      const answer = await revoke(stranger, id);
      assert.deepEqual([answer.status, answer.body.detail], [404, `Token not found with id: ${id}`]);
      assert.equal(await statusOf(server, access_token), 200);
    }
    assert.equal((await revoke(admin, id)).status, 204);
    assert.equal(await statusOf(server, access_token), 401);
  });

  test('what is no id of a token is not found', async () => {
    for (const id of [
      'x',
      '1',
      'zzzzzzzzzzzzzzzzzzzzzzzz',
      '000000000000000000000000',
      alice.id,
      '..%2f..',
    ]) {
      assert.equal((await revoke(admin, id)).status, 404, id);
    }
  });
});

forEachEngine(
  'tokens over a restart',
  (engine) => {
    test('they live on, and when they were last used is known', async () => {
      const server = await startServer({ engine });
      const admin = await adminToken(server);
      const alice = await addAccount(server, admin);
      const used = await createToken(server, alice, { name: 'used' });
      const unused = await createToken(server, alice, { name: 'unused' });
      const before = Date.now();
      assert.equal(await statusOf(server, used.access_token), 200);
      await server.restart();
      assert.equal(await statusOf(server, unused.access_token), 200);
      const { body } = await call<Page<TokenInfo>>(server, 'GET', '/latest/user/tokens', {
        token: alice.token,
      });
      const lastUse = Object.fromEntries(body.items.map(({ name, last_used }) => [name, last_used]));
      assert.equal(lastUse.unused, null);
      const moment = Date.parse(`${lastUse.used}Z`);
      assert.ok(moment >= before && moment <= Date.now(), String(lastUse.used));
    });
  },
  { ownProcess: true },
);
