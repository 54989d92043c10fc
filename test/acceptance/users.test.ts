import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  type Account,
  addAccount,
  adminToken,
  type Detail,
  PASSWORD,
  type Page,
  patchUser,
  registerUser,
  statusOf,
  USER_KEYS,
  type User,
} from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { call, login } from '../helpers/http.ts';
import { uniqueName } from '../helpers/kci-workspace.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const names = (page: Page<User>) => page.items.map(({ username }) => username);
const groupNames = (user: User) => user.groups.map(({ name }) => name);

forEachEngine('users', (engine) => {
  let server: TestServer;
  let admin: string;
  let alice: Account;

  before(async () => {
    server = await startServer({ engine });
    admin = await adminToken(server);
    alice = await addAccount(server, admin);
  });

  const register = (json: unknown, token = admin) =>
    call<User & Detail>(server, 'POST', '/latest/user/register', { token, json });
  const find = async (query: string, token = alice.token) => {
    const { status, body, text } = await call<Page<User> & Detail>(server, 'GET', `/latest/users?${query}`, {
      token,
    });
    assert.equal(status, 200, text);
    return body;
  };
  const patch = (id: string, json: unknown, token = admin) =>
    call<User & Detail>(server, 'PATCH', `/latest/user/${id}`, { token, json });
  const newGroup = async () => {
    const name = uniqueName('group');
    const { body } = await call<{ id: string; name: string }>(server, 'POST', '/latest/user-groups', {
      token: admin,
      json: { name },
    });
    return body;
  };

  test('an admin registers a user: active, not verified, in no group', async () => {
    const username = uniqueName('bob');
    const email = `${username}@Example.org`;
    const { status, body } = await register({ username, email, password: PASSWORD });
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(body), USER_KEYS);
    const { id, ...user } = body;
    assert.match(id, /^[0-9a-f]{24}$/);
    assert.deepEqual(user, {
      email,
      is_active: true,
      is_superuser: false,
      is_verified: false,
      username,
      groups: [],
    });
    await patchUser(server, admin, id, { is_verified: true });
    await login(server, username, PASSWORD);
  });

  test('groups and rights may be given at registration', async () => {
    const group = await newGroup();
    const groups = [group.name, 'admin', group.name];
    const user = await registerUser(server, admin, { groups, is_superuser: 'yes' });
    assert.deepEqual(groupNames(user), [group.name, 'admin']);
    assert.equal(user.is_superuser, true);
    const unknown = await register({
      username: uniqueName('x'),
      email: `${uniqueName('x')}@example.org`,
      password: PASSWORD,
      groups: [group.name, 'nope'],
    });
    assert.deepEqual(
      [unknown.status, unknown.body.detail],
      [400, 'User group does not exist with name: nope'],
    );
  });

  test('others than admins register nobody', async () => {
    const json = { username: uniqueName('x'), email: `${uniqueName('x')}@example.org`, password: PASSWORD };
    assert.deepEqual((await register(json, alice.token)).body, { detail: 'Forbidden' });
    assert.equal((await register(json, '')).status, 401);
    assert.equal((await find(`username=${json.username}`)).total, 0);
  });

  test('names and addresses belong to one user, addresses in any case', async () => {
    const other = { username: uniqueName('x'), email: `${uniqueName('x')}@example.org`, password: PASSWORD };
    for (const [json, detail] of [
      [{ ...other, username: alice.username }, `Username already exists: ${alice.username}`],
      [{ ...other, email: alice.email }, 'REGISTER_USER_ALREADY_EXISTS'],
      [{ ...other, email: alice.email.toUpperCase() }, 'REGISTER_USER_ALREADY_EXISTS'],
    ] as const) {
      const answer = await register(json);
      assert.deepEqual([answer.status, answer.body.detail], [400, detail]);
    }
    assert.equal((await find(`username=${other.username}`)).total, 0);
    const upper = await register({ ...other, username: alice.username.toUpperCase() });
    assert.equal(upper.status, 200);
  });

  test('of registrations at once for one name one succeeds', async () => {
    const username = uniqueName('race');
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        register({ username, email: `${username}${i}@example.org`, password: PASSWORD }),
      ),
    );
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 400, 400, 400, 400, 400, 400, 400]);
    assert.equal((await find(`username=${username}`)).total, 1);
  });

  test('every user reads a user, by an id in either case', async () => {
    for (const id of [alice.id, alice.id.toUpperCase()]) {
      const { status, body } = await call<User>(server, 'GET', `/latest/user/${id}`, { token: alice.token });
      assert.equal(status, 200);
      assert.deepEqual([body.id, body.username], [alice.id, alice.username]);
      assert.deepEqual(Object.keys(body), USER_KEYS);
    }
    for (const id of ['me', 'login', 'x', '000000000000000000000000', '12345', `${alice.id}0`]) {
      const { status, body } = await call(server, 'GET', `/latest/user/${id}`, { token: alice.token });
      assert.deepEqual([status, body], [404, { detail: 'Not Found' }], id);
    }
    assert.equal((await call(server, 'GET', `/latest/user/${alice.id}`)).status, 401);
  });

  test('the list is an envelope, oldest first, in pages', async () => {
    const all = await find('limit=1000');
    assert.deepEqual(Object.keys(all), ['items', 'total', 'limit', 'offset']);
    assert.equal(all.items.length, all.total);
    assert.equal(all.items[0]?.username, 'admin');
    for (const user of all.items) assert.deepEqual(Object.keys(user), USER_KEYS);
    const page = await find('limit=1&offset=1');
    assert.deepEqual([page.items, page.total, page.limit, page.offset], [[all.items[1]], all.total, 1, 1]);
    assert.deepEqual((await find(`limit=9007199254740991&offset=${all.total}`)).items, []);
    const standard = await find('');
    assert.deepEqual([standard.limit, standard.offset], [50, 0]);
    for (const [query, place] of [
      ['limit=0', 'query.limit'],
      ['limit=-1', 'query.limit'],
      ['limit=ten', 'query.limit'],
      ['limit=1.5', 'query.limit'],
      ['limit=', 'query.limit'],
      ['limit=99999999999999999999', 'query.limit'],
      ['offset=-1', 'query.offset'],
      ['offset=NaN', 'query.offset'],
    ]) {
      const { status, body } = await call<{ detail: { loc: string[] }[] }>(
        server,
        'GET',
        `/latest/users?${query}`,
        {
          token: alice.token,
        },
      );
      assert.equal(status, 422, query);
      assert.deepEqual(
        body.detail.map(({ loc }) => loc.join('.')),
        [place],
      );
    }
  });

  test('every field is a filter, with operators', async () => {
    const group = await newGroup();
    const name = uniqueName('filter');
    const user = await registerUser(server, admin, { username: `${name}-A`, groups: [group.name] });
    const other = await registerUser(server, admin, { username: `${name}-b` });
    await patchUser(server, admin, other.id, { is_active: false });
    const A = user.username;
    const b = other.username;
    const both = `username__re=^${name}-`;
    for (const [query, expected] of [
      [`username=${A}`, [A]],
      [`username=${A.toLowerCase()}`, []],
      [`id=${user.id}`, [A]],
      [`email=${user.email}`, [A]],
      [`groups=${group.name}`, [A]],
      [`groups.name=${group.name}`, [A]],
      [`groups.id=${group.id}`, [A]],
      [`groups.name__ne=${group.name}&${both}`, [b]],
      [both, [A, b]],
      [`username__re=${name}-[A-Z]$`, [A]],
      [`${both}&is_active=false`, [b]],
      [`${both}&is_active=False`, [b]],
      [`${both}&is_active=1`, [A]],
      [`${both}&is_superuser=true`, []],
      [`${both}&username__ne=${A}`, [b]],
      [`username__in=${A},${b},nobody`, [A, b]],
      [`${both}&username__nin=${A},nobody`, [b]],
      [`${both}&username__gt=${A}`, [b]],
      [`${both}&username__lte=${A}`, [A]],
      [`username=${A}&is_verified=true`, []],
      [`username=${A}&username__ne=${A}`, []],
      [`username=${encodeURIComponent("' OR 1=1 --")}`, []],
      ['username=%25', []],
      ['username=', []],
    ] as const) {
      const page = await find(`${query}&limit=100`);
      assert.deepEqual(names(page), expected, query);
      assert.equal(page.total, expected.length);
    }
  });

  test('an operator that does not exist is refused, a field that does not exist is warned of', async () => {
    const headers = async (query: string) => {
      const answer = await call<Detail & Page<User>>(server, 'GET', `/latest/users?${query}`, {
        token: admin,
      });
      return { ...answer, warning: answer.headers.get('warning') };
    };
    const operator = await headers('username__like=a');
    assert.equal(operator.status, 400);
    assert.match(operator.body.detail, /username__like/);
    const field = await headers('user_name=admin&wörld"%0A=1');
    assert.deepEqual([field.status, field.body.total], [200, 0]);
    assert.match(field.warning ?? '', /^199 - "unknown field: user_name, w%C3%B6rld%22%0A"$/);
    for (const secret of ['hashed_password', 'password', 'token_generation']) {
      assert.equal((await headers(`${secret}__re=.`)).body.total, 0, secret);
    }
    assert.equal((await headers('username=admin')).warning, null);
  });

  for (const [expression, reason] of [
    ['[', 'missing closing ]'],
    ['*a', 'missing argument to repetition operator'],
    ['(?=a)', 'lookahead'],
    ['(?<!a)b', 'lookbehind'],
    ['(a)\\1', 'references'],
    ['a'.repeat(1001), 'longer'],
  ] as const) {
    test(`the regular expression ${expression.slice(0, 12)} is refused`, async () => {
      const query = `username__re=${encodeURIComponent(expression)}`;
      const { status, body } = await call<Detail>(server, 'GET', `/latest/users?${query}`, {
        token: alice.token,
      });
      assert.equal(status, 400);
      assert.match(body.detail, /^username: invalid regular expression: /);
      assert.ok(body.detail.includes(reason), body.detail);
    });
  }

  test('a regular expression that would never end does not hold the server up', async () => {
    await registerUser(server, admin, { username: `${'a'.repeat(120)}${uniqueName('b')}`.slice(0, 128) });
    for (const expression of [
      '^(a+)+$',
      '^(?:a{1,30}){1,30}c',
      '^(a|a{1,99})+$',
      '(a?){60}a{60}$',
      '(.*)*(.*)*x$',
    ]) {
      const query = `username__re=${encodeURIComponent(expression)}`;
      const { status } = await call(server, 'GET', `/latest/users?${query}`, { token: alice.token });
      assert.ok([200, 400].includes(status), expression);
      assert.equal((await call(server, 'GET', '/latest/')).status, 200);
    }
  });

  test('booleans are taken as clients send them', async () => {
    const user = await registerUser(server, admin);
    for (const [value, expected] of [
      [1, true],
      [0, false],
      ['true', true],
      ['False', false],
      ['1', true],
      ['off', false],
      ['YES', true],
      [false, false],
      [true, true],
    ] as const) {
      const { body } = await patch(user.id, { is_verified: value, is_active: value });
      assert.deepEqual([body.is_verified, body.is_active], [expected, expected], String(value));
    }
    for (const value of [2, -1, 'maybe', '', 0.5, [], {}, '1.0']) {
      const { status } = await patch(user.id, { is_verified: value });
      assert.equal(status, 422, JSON.stringify(value));
    }
    assert.equal((await patch(user.id, { is_verified: null, is_active: null })).body.is_verified, true);
  });

  test('an admin changes anything of a user; what is not named stays', async () => {
    const group = await newGroup();
    const user = await registerUser(server, admin, { groups: ['node:edit:any'] });
    const name = uniqueName('renamed');
    const renamed = await patch(user.id, { username: name });
    assert.deepEqual(renamed.body, { ...user, username: name });
    const moved = await patch(user.id, { groups: [group.name, 'admin', group.name] });
    assert.deepEqual(groupNames(moved.body), [group.name, 'admin']);
    assert.deepEqual((await patch(user.id, { groups: null })).body, moved.body);
    assert.deepEqual((await patch(user.id, {})).body, moved.body);
    assert.deepEqual((await patch(user.id, { groups: [] })).body.groups, []);
    const unknown = await patch(user.id, { username: uniqueName('x'), groups: ['nope'] });
    assert.deepEqual(
      [unknown.status, unknown.body.detail],
      [400, 'User group does not exist with name: nope'],
    );
    assert.equal((await find(`id=${user.id}`)).items[0]?.username, name);
    for (const [json, detail] of [
      [{ email: alice.email.toUpperCase() }, 'UPDATE_USER_EMAIL_ALREADY_EXISTS'],
      [{ username: alice.username, is_active: false }, `Username already exists: ${alice.username}`],
    ] as const) {
      const taken = await patch(user.id, json);
      assert.deepEqual([taken.status, taken.body.detail], [400, detail]);
    }
    assert.equal((await find(`id=${user.id}`)).items[0]?.is_active, true);
  });

  test('a new address has to be verified anew, one in other letters has not', async () => {
    const bob = await addAccount(server, admin);
    assert.equal((await patch(bob.id, { email: bob.email.toUpperCase() })).body.is_verified, true);
    assert.equal((await patch(bob.id, { email: `by-admin-${bob.email}` })).body.is_verified, false);
    const email = `both-${bob.email}`;
    assert.equal((await patch(bob.id, { email, is_verified: true })).body.is_verified, true);
    const own = await patch('me', { email: `own-${bob.email}`, is_verified: true }, bob.token);
    assert.deepEqual([own.status, own.body.is_verified], [200, false]);
  });

  test('users change their own name, address and password, and no rights', async () => {
    const bob = await addAccount(server, admin);
    const username = uniqueName('bobby');
    const json = {
      username,
      password: 'my new password',
      is_superuser: true,
      is_verified: false,
      is_active: false,
    };
    const { status, body } = await patch('me', json, bob.token);
    assert.equal(status, 200);
    assert.deepEqual(body, { ...(await find(`id=${bob.id}`)).items[0], username });
    assert.deepEqual([body.is_superuser, body.is_verified, body.is_active], [false, true, true]);
    await login(server, username, 'my new password');
    assert.equal((await patch('me', { username: alice.username }, bob.token)).status, 400);
    assert.equal((await patch(alice.id, { username: 'mine' }, bob.token)).status, 403);
    assert.equal((await patch(bob.id, { username: 'mine' }, bob.token)).status, 403);
  });

  test('users leave groups, and join none', async () => {
    const [one, two, three] = await Promise.all([newGroup(), newGroup(), newGroup()]);
    const bob = await addAccount(server, admin, { groups: [one.name, two.name, three.name] });
    for (const groups of [
      [one.name, two.name, three.name],
      [one.name, 'admin'],
      ['nope'],
      [one.name, two.name, three.name, 'admin'],
    ]) {
      const refused = await patch('me', { groups }, bob.token);
      assert.deepEqual(
        [refused.status, refused.body.detail],
        [400, 'User groups can only be updated by an admin user'],
      );
    }
    const left = await patch('me', { groups: [three.name, one.name, one.name] }, bob.token);
    assert.deepEqual([left.status, groupNames(left.body)], [200, [one.name, three.name]]);
    assert.deepEqual((await patch('me', { groups: null }, bob.token)).body, left.body);
    assert.deepEqual((await patch('me', { groups: [] }, bob.token)).body.groups, []);
    assert.equal((await patch('me', { groups: [] }, bob.token)).status, 200);
  });

  test('a deleted user is gone, with the tokens', async () => {
    const bob = await addAccount(server, admin, { groups: ['node:edit:any'] });
    const remove = (token: string) => call(server, 'DELETE', `/latest/user/${bob.id}`, { token });
    assert.equal((await remove(alice.token)).status, 403);
    const answer = await remove(admin);
    assert.deepEqual([answer.status, answer.text], [200, 'null']);
    assert.equal((await remove(admin)).status, 404);
    assert.equal(await statusOf(server, bob.token), 401);
    assert.equal((await find(`id=${bob.id}`)).total, 0);
    assert.equal((await patch(bob.id, {})).status, 404);
    for (const id of ['x', 'me', '000000000000000000000000']) {
      assert.equal((await call(server, 'DELETE', `/latest/user/${id}`, { token: admin })).status, 404, id);
    }
  });
});
