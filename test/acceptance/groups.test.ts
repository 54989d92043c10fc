import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  type Account,
  addAccount,
  adminToken,
  type Detail,
  type Page,
  patchUser,
  registerUser,
  type User,
} from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { call } from '../helpers/http.ts';
import { uniqueName } from '../helpers/kci-workspace.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

interface Group {
  id: string;
  name: string;
}

const NOWHERE = '000000000000000000000000';

forEachEngine('groups', (engine) => {
  let server: TestServer;
  let admin: string;
  let alice: Account;

  before(async () => {
    server = await startServer({ engine });
    admin = await adminToken(server);
    alice = await addAccount(server, admin);
  });

  const create = (path: string, name: unknown, token = admin) =>
    call<Group & Detail>(server, 'POST', `/latest${path}`, { token, json: { name } });
  const newGroup = async () => (await create('/user-groups', uniqueName('group'))).body;
  const remove = (path: string, token = admin) => call<Detail>(server, 'DELETE', `/latest${path}`, { token });
  const read = <T>(path: string, token = '') => call<T & Detail>(server, 'GET', `/latest${path}`, { token });

  for (const path of ['/user-groups', '/group']) {
    test(`POST ${path} creates a group, for admins only`, async () => {
      const name = `${uniqueName('runtime:lava')}:node-editor ☃`;
      assert.equal((await create(path, name, '')).status, 401);
      assert.deepEqual((await create(path, name, alice.token)).body, { detail: 'Forbidden' });
      const { status, body } = await create(path, name);
      assert.equal(status, 200);
      assert.deepEqual(Object.keys(body), ['name', 'id']);
      assert.equal(body.name, name);
      assert.match(body.id, /^[0-9a-f]{24}$/);
      for (const other of ['/user-groups', '/group']) {
        const again = await create(other, name);
        assert.deepEqual(
          [again.status, again.body.detail],
          [400, `User group already exists with name: ${name}`],
        );
      }
    });

    test(`POST ${path} refuses names that cannot be one`, async () => {
      for (const name of [
        '',
        ' ',
        ' a',
        'a ',
        'a\nb',
        'a\tb',
        '\u0007',
        'a\u2028',
        'x'.repeat(257),
        5,
        null,
        ['a'],
      ]) {
        assert.equal((await create(path, name)).status, 422, JSON.stringify(name));
      }
      assert.equal((await create(path, `${'x'.repeat(240)}${uniqueName('')}`)).status, 200);
    });
  }

  for (const [path, token] of [
    ['/user-groups', 'admin'],
    ['/groups', 'nobody'],
  ] as const) {
    test(`GET ${path} lists groups in pages, oldest first`, async () => {
      const as = token === 'admin' ? admin : '';
      const [one, two] = [await newGroup(), await newGroup()];
      const all = await read<Page<Group>>(`${path}?limit=1000`, as);
      assert.equal(all.status, 200);
      assert.deepEqual(Object.keys(all.body), ['items', 'total', 'limit', 'offset']);
      assert.deepEqual(
        all.body.items.slice(0, 2).map(({ name }) => name),
        ['node:edit:any', 'admin'],
      );
      assert.deepEqual(
        all.body.items.slice(-2),
        [one, two].map(({ id, name }) => ({ id, name })),
      );
      assert.deepEqual(Object.keys(all.body.items[0] as Group), ['id', 'name']);
      const last = await read<Page<Group>>(`${path}?limit=1&offset=${all.body.total - 1}`, as);
      assert.deepEqual(last.body.items, [{ id: two.id, name: two.name }]);
      const named = await read<Page<Group>>(`${path}?name=${one.name}`, as);
      assert.deepEqual([named.body.total, named.body.items[0]?.id], [1, one.id]);
      assert.equal((await read<Page<Group>>(`${path}?name=nope`, as)).body.total, 0);
      for (const query of ['limit=0', 'limit=x', 'offset=-1']) {
        assert.equal((await read(`${path}?${query}`, as)).status, 422, query);
      }
    });
  }

  test('one group is shown to admins, and by the older address to everybody', async () => {
    const { id, name } = await newGroup();
    for (const [path, token] of [
      ['/user-groups', admin],
      ['/group', ''],
      ['/group', alice.token],
    ] as const) {
      for (const spelled of [id, id.toUpperCase()]) {
        const { status, body } = await read<Group>(`${path}/${spelled}`, token);
        assert.deepEqual([status, body], [200, { id, name }]);
      }
      for (const unknown of [NOWHERE, 'x', alice.id]) {
        const { status, body } = await read(`${path}/${unknown}`, token);
        assert.deepEqual([status, body.detail], [404, `User group not found with id: ${unknown}`]);
      }
    }
    assert.equal((await read('/user-groups', '')).status, 401);
    assert.deepEqual((await read('/user-groups', alice.token)).body, { detail: 'Forbidden' });
    assert.equal((await read(`/user-groups/${id}`, alice.token)).status, 403);
  });

  for (const path of ['/user-groups', '/group']) {
    test(`DELETE ${path}/ID deletes a group that nobody is in`, async () => {
      const { id, name } = await newGroup();
      assert.equal((await remove(`${path}/${id}`, '')).status, 401);
      assert.equal((await remove(`${path}/${id}`, alice.token)).status, 403);
      const bob = await registerUser(server, admin, { groups: [name] });
      const used = await remove(`${path}/${id}`);
      assert.equal(used.status, 409);
      assert.match(used.body.detail, /assigned to users/);
      await patchUser(server, admin, bob.id, { groups: [] });
      const { status, text } = await remove(`${path}/${id}`);
      assert.deepEqual([status, text], [204, '']);
      const again = await remove(`${path}/${id}`);
      assert.deepEqual([again.status, again.body.detail], [404, `User group not found with id: ${id}`]);
      assert.equal((await remove(`${path}/x`)).status, 404);
      assert.equal((await create(path, name)).status, 200);
    });
  }

  test('a group that is deleted while users join it is either gone or joined', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { id, name } = await newGroup();
      const users = await Promise.all([registerUser(server, admin), registerUser(server, admin)]);
      const [deletion, ...joins] = await Promise.all([
        remove(`/user-groups/${id}`),
        ...users.map((user) =>
          call<User>(server, 'PATCH', `/latest/user/${user.id}`, { token: admin, json: { groups: [name] } }),
        ),
      ]);
      const statuses = joins.map(({ status }) => status);
      assert.ok([204, 409].includes(deletion.status), `${deletion.status}`);
      for (const status of statuses) assert.ok([200, 400, 409].includes(status), `${status}`);
      const isThere = (await read(`/group/${id}`)).status === 200;
      assert.equal(isThere, deletion.status === 409);
      for (const [i, user] of users.entries()) {
        const { body } = await read<User>(`/user/${user.id}`, admin);
        const joined = body.groups.map((group) => group.name);
        assert.deepEqual(joined, statuses[i] === 200 ? [name] : []);
        if (joined.length > 0) assert.ok(isThere);
      }
    }
  });
});

forEachEngine('the last admin', (engine) => {
  let server: TestServer;
  let admin: string;
  let rootId: string;

  before(async () => {
    server = await startServer({ engine });
    admin = await adminToken(server);
    rootId = (await call<User>(server, 'GET', '/latest/whoami', { token: admin })).body.id;
  });

  const others = async () => {
    const { body } = await call<Page<User>>(server, 'GET', '/latest/users?limit=1000', { token: admin });
    return body.items.filter(
      ({ id, is_active, is_superuser, groups }) =>
        id !== rootId && is_active && (is_superuser || groups.some(({ name }) => name === 'admin')),
    );
  };

  test('cannot be deactivated, demoted or deleted by anybody', async (context) => {
    if ((await others()).length > 0) {
      context.skip('the server that runs has other admins');
      return;
    }
    const act = (method: string, path: string, json?: unknown) =>
      call<Detail>(server, method, `/latest${path}`, {
        token: admin,
        ...(json === undefined ? {} : { json }),
      });
    const refusals = async () => [
      await act('PATCH', `/user/${rootId}`, { is_active: false }),
      await act('PATCH', `/user/${rootId}`, { is_superuser: false, groups: [] }),
      await act('PATCH', `/user/${rootId}`, { is_active: 0, username: 'renamed' }),
      await act('DELETE', `/user/${rootId}`),
    ];
    for (const { status, body } of await refusals()) {
      assert.equal(status, 409);
      assert.match(body.detail, /last active admin/);
    }
    // A superuser outside the group and a member without the flag are both admins.
    assert.equal((await act('PATCH', `/user/${rootId}`, { groups: [] })).status, 200);
    assert.equal((await act('PATCH', `/user/${rootId}`, { is_superuser: false })).status, 409);
    assert.equal((await act('PATCH', `/user/${rootId}`, { groups: ['admin'] })).status, 200);
    assert.equal((await act('PATCH', `/user/${rootId}`, { is_superuser: false })).status, 200);
    assert.equal((await act('PATCH', '/user/me', { groups: [] })).status, 409);
    assert.equal((await act('PATCH', `/user/${rootId}`, { is_superuser: true })).status, 200);

    const inactive = await registerUser(server, admin, { is_superuser: true });
    await patchUser(server, admin, inactive.id, { is_active: false });
    assert.deepEqual(
      (await refusals()).map(({ status }) => status),
      [409, 409, 409, 409],
    );
    const { body } = await call<User>(server, 'GET', '/latest/whoami', { token: admin });
    assert.deepEqual([body.username, body.is_active, body.is_superuser], ['admin', true, true]);
  });

  test('remains when all admins go at once', async () => {
    // Who survives a round may be the last admin of a later one.
    const everybody: Account[] = [];
    for (let round = 0; round < 3; round += 1) {
      const admins = [
        await addAccount(server, admin, { is_superuser: true }),
        await addAccount(server, admin, { groups: ['admin'] }),
        await addAccount(server, admin, { is_superuser: true, groups: ['admin'] }),
      ];
      everybody.push(...admins);
      const before = (await others()).length;
      const answers = await Promise.all([
        ...admins.map(({ id }, i) =>
          call(server, i === 0 ? 'DELETE' : 'PATCH', `/latest/user/${id}`, {
            token: admins[(i + 1) % 3]?.token ?? '',
            ...(i === 0 ? {} : { json: { is_active: false } }),
          }),
        ),
        call(server, 'PATCH', `/latest/user/${rootId}`, {
          token: admins[0]?.token ?? '',
          json: { is_superuser: false, groups: [] },
        }),
      ]);
      for (const { status } of answers) assert.ok([200, 401, 403, 409].includes(status), `${status}`);
      const { body } = await call<Page<User>>(server, 'GET', '/latest/users?limit=1000', { token: admin });
      const root = body.items.find(({ id }) => id === rootId);
      const left = body.items.filter(
        ({ is_active, is_superuser, groups }) =>
          is_active && (is_superuser || groups.some(({ name }) => name === 'admin')),
      );
      assert.ok(left.length > 0, 'somebody is admin');
      assert.ok(before >= 3);
      if (root?.is_superuser === true) continue;
      const rescuer = everybody.find(({ id }) => left.some((user) => user.id === id));
      assert.ok(rescuer);
      await patchUser(server, rescuer.token, rootId, { is_superuser: true, groups: ['admin'] });
    }
  });
});
