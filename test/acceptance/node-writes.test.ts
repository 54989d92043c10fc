import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { forEachEngine } from '../helpers/engines.ts';
import { call, login } from '../helpers/http.ts';
import { type ApiNode, checkout, createNode, history, makeUser, REVISION } from '../helpers/nodes.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const KEYS =
  'id,kind,name,path,group,parent,state,result,artifacts,data,debug,jobfilter,platform_filter,created,updated,' +
  'timeout,holdoff,owner,submitter,treeid,user_groups,processed_by_kcidb_bridge,retry_counter';
const CREATED_KEYS = 'op,id,kind,name,path,group,state,result,owner,data,is_hierarchy';
const UNKNOWN = '61bda8f2eb1a63d2b7152418';

forEachEngine('node writes', (engine) => {
  let server: TestServer;
  let admin: string;
  let alice: string;
  let mallory: string;

  before(async () => {
    server = await startServer({ engine });
    admin = await login(server, server.admin.username, server.admin.password);
    for (const name of ['lab', 'runtime:lava-x:node-editor']) {
      await call(server, 'POST', '/latest/user-groups', { token: admin, json: { name } });
    }
    alice = await makeUser(server, admin, 'alice');
    mallory = await makeUser(server, admin, 'mallory');
  });

  const get = async (id: string) => (await call<ApiNode>(server, 'GET', `/latest/node/${id}`)).body;
  const put = (id: string, token: string, json: unknown, query = '') =>
    call<ApiNode & { detail: string }>(server, 'PUT', `/latest/node/${id}${query}`, { token, json });
  const patch = (id: string, token: string, json: unknown, headers: Record<string, string> = {}) =>
    call<ApiNode & { detail: string }>(server, 'PATCH', `/latest/node/${id}`, { token, json, headers });

  test('a created node has all keys, the defaults, its owner and one event', async () => {
    const created = await createNode(server, alice);
    const read = await get(created.id);
    assert.equal(Object.keys(created).at(-1), 'id');
    assert.equal(Object.keys(read).join(), KEYS);
    assert.deepEqual({ ...read }, { ...created });
    const { state, result, owner, artifacts, debug, platform_filter, retry_counter } = read;
    assert.deepEqual(
      { state, result, owner, artifacts, debug, platform_filter, retry_counter },
      {
        state: 'running',
        result: null,
        owner: 'alice',
        artifacts: {},
        debug: {},
        platform_filter: [],
        retry_counter: 0,
      },
    );
    assert.equal(Date.parse(`${read.timeout}Z`) - Date.parse(`${read.created}Z`), 6 * 3600_000);
    const events = await history(server, read.id);
    assert.equal(events.length, 1);
    assert.equal(Object.keys(events[0]?.data ?? {}).join(), CREATED_KEYS);
    assert.equal(events[0]?.data.op, 'created');
    assert.equal(events[0]?.owner, 'alice');
  });

  test('an update is told with what was before, unless noevent asks for silence', async () => {
    const { id } = await createNode(server, alice);
    await patch(id, alice, { state: 'done', result: 'pass' });
    await put(id, alice, checkout({ state: 'done', result: 'fail' }), '?noevent=true');
    const [, update, ...rest] = await history(server, id);
    assert.deepEqual(rest, []);
    assert.equal(Object.keys(update?.data ?? {}).join(), `${CREATED_KEYS},previous_state,previous_result`);
    const { op, state, result, previous_state, previous_result } = update?.data ?? {};
    assert.deepEqual(
      [op, state, result, previous_state, previous_result],
      ['updated', 'done', 'pass', 'running', null],
    );
    assert.equal((await get(id)).result, 'fail');
  });

  test('PUT replaces everything but owner, submitter and groups', async () => {
    const body = checkout({ group: 'g', treeid: 't', submitter: 'service:x', user_groups: ['lab'] });
    const before = await createNode(server, alice, body);
    const { body: after } = await put(
      before.id,
      admin,
      checkout({ name: 'other', user_groups: [], submitter: 'me' }),
    );
    assert.deepEqual([after.name, after.group, after.treeid], ['other', null, null]);
    assert.deepEqual([after.owner, after.submitter, after.user_groups], ['alice', 'service:x', ['lab']]);
    const again = await put(before.id, alice, await get(before.id));
    const { updated: _, ...kept } = await get(before.id);
    const { updated: __, ...sent } = after;
    assert.equal(again.status, 200);
    assert.deepEqual(kept, sent);
  });

  test('states only go forward', async () => {
    const { id } = await createNode(server, alice);
    // A closing node with nothing open below it would be done soon.
    await createNode(server, alice, checkout({ parent: id }));
    await patch(id, alice, { state: 'closing' });
    for (const state of ['running', 'available']) {
      for (const answer of [await patch(id, alice, { state }), await put(id, alice, checkout({ state }))]) {
        assert.equal(answer.status, 400);
        assert.equal(answer.body.detail, `Transition not allowed with state: ${state}`);
      }
    }
    assert.equal((await patch(id, alice, { state: 'closing' })).status, 200);
    assert.equal((await patch(id, alice, { state: 'done' })).status, 200);
  });

  test('patches that meet all take effect', async () => {
    const { id } = await createNode(server, alice);
    const changes = [
      { result: 'pass' },
      { artifacts: { log: 'https://h/log' } },
      { debug: { a: 1 } },
      { jobfilter: ['x'] },
      { platform_filter: ['p'] },
      { holdoff: '2099-01-01T00:00:00' },
      { data: { kernel_revision: REVISION, mark: true } },
    ];
    const answers = await Promise.all([...changes, ...changes].map((change) => patch(id, alice, change)));
    assert.ok(answers.every(({ status }) => status === 200));
    const node = await get(id);
    for (const change of changes) assert.deepEqual({ ...node, ...change }, node);
    assert.equal((await history(server, id)).length, 1 + answers.length);
  });

  test('ETag: a reader sees that nothing changed, a writer that something did', async () => {
    const { id } = await createNode(server, alice);
    const first = await call(server, 'GET', `/latest/node/${id}`);
    const etag = first.headers.get('etag') ?? '';
    assert.match(etag, /^"\d+"$/);
    const headers = { 'if-none-match': etag };
    assert.equal((await call(server, 'GET', `/latest/node/${id}`, { headers })).status, 304);
    assert.equal((await patch(id, alice, { result: 'pass' }, { 'if-match': etag })).status, 200);
    const stale = await patch(id, alice, { result: 'fail' }, { 'if-match': etag });
    assert.equal(stale.status, 412);
    assert.match(stale.body.detail, /changed since/);
    assert.equal((await get(id)).result, 'pass');
    assert.equal((await call(server, 'GET', `/latest/node/${id}`, { headers })).status, 200);
  });

  test('who may edit: owner, admins, the node groups, the editors of its runtime', async () => {
    const { id } = await createNode(server, alice, {
      ...{ kind: 'job', name: 'j', path: ['j'], user_groups: ['lab'] },
      data: { runtime: 'lava-x' },
    });
    const refused = await patch(id, mallory, { result: 'pass' });
    assert.equal(refused.status, 401);
    assert.equal(refused.body.detail, 'Unauthorized to complete the operation');
    assert.equal((await patch(id, admin, { result: 'pass' })).status, 200);
    const labUser = await makeUser(server, admin, 'lab-user', ['lab']);
    const editor = await makeUser(server, admin, 'editor', ['runtime:lava-x:node-editor']);
    const anyone = await makeUser(server, admin, 'any-editor', ['node:edit:any']);
    for (const token of [labUser, editor, anyone]) {
      assert.equal((await patch(id, token, { result: 'fail', data: { runtime: 'lava-x' } })).status, 200);
    }
    const other = await createNode(server, alice, {
      kind: 'job',
      name: 'j',
      path: ['j'],
      data: { runtime: 'lava-y' },
    });
    assert.equal((await patch(other.id, editor, { result: 'fail' })).status, 401);
  });

  test('a token without the nodes scope writes nothing', async () => {
    const form = { username: 'alice', password: 'password of alice', scopes: 'read-only' };
    const { body } = await call<{ access_token: string }>(server, 'POST', '/latest/user/token', { form });
    const answer = await call<{ detail: string }>(server, 'POST', '/latest/node', {
      token: body.access_token,
      json: checkout(),
    });
    assert.equal(answer.status, 403);
    assert.match(answer.body.detail, /nodes scope/);
  });

  test('a flag is set on all nodes or none', async () => {
    const [a, b] = [await createNode(server, alice), await createNode(server, mallory)];
    const set = (nodes: string[]) =>
      call(server, 'PUT', '/latest/batch/nodeset', {
        token: alice,
        json: { nodes, field: 'processed_by_kcidb_bridge', value: 'True' },
      });
    const unknown = await set([a.id, UNKNOWN]);
    assert.equal(unknown.status, 404);
    assert.equal((await get(a.id)).processed_by_kcidb_bridge, false);
    const mixed = await set([a.id, b.id]);
    assert.deepEqual([mixed.status, mixed.body], [200, 1]);
    assert.equal((await get(a.id)).processed_by_kcidb_bridge, true);
    assert.equal((await get(b.id)).processed_by_kcidb_bridge, false);
    await patch(a.id, alice, { result: 'pass' });
    assert.equal((await get(a.id)).processed_by_kcidb_bridge, false);
  });

  const refusals: Array<[string, Record<string, unknown>, number, RegExp]> = [
    ['kind', checkout({ kind: 'spaceship' }), 400, /^Unsupported node kind: spaceship$/],
    ['id', checkout({ id: UNKNOWN }), 400, /Object cannot be created with id/],
    ['parent unknown', checkout({ parent: UNKNOWN }), 404, /Parent not found with id/],
    ['parent malformed', checkout({ parent: 'zzz' }), 422, /parent/],
    ['group', checkout({ user_groups: ['nope'] }), 400, /User group does not exist with name: nope/],
    ['groups twice', checkout({ user_groups: ['lab', 'lab'] }), 422, /user_groups/],
    ['state', checkout({ state: 'flying' }), 422, /state/],
    ['name missing', { kind: 'checkout', path: ['x'] }, 422, /name/],
    ['name number', checkout({ name: 7 }), 422, /name/],
    ['path text', checkout({ path: 'checkout' }), 422, /path/],
    ['retry text', checkout({ retry_counter: '1' }), 422, /retry_counter/],
    ['artifact', checkout({ artifacts: { log: 'ftp://h/x' } }), 422, /artifacts.*log/s],
    ['time', checkout({ timeout: 'soon' }), 422, /timeout/],
    [
      'tree missing',
      checkout({ data: { kernel_revision: { ...REVISION, tree: undefined } } }),
      400,
      /data.kernel_revision.tree/,
    ],
    ['data null', checkout({ data: null }), 400, /data/],
    ['U+0000', checkout({ name: 'a\0b' }), 422, /U\+0000/],
    ['surrogate', checkout({ data: { kernel_revision: REVISION, x: '\ud800' } }), 422, /data.*x/s],
  ];
  for (const [what, body, status, detail] of refusals) {
    test(`refused at creation: ${what}`, async () => {
      const answer = await call<{ detail: unknown }>(server, 'POST', '/latest/node', {
        token: alice,
        json: body,
      });
      assert.equal(answer.status, status, answer.text);
      assert.match(typeof answer.body.detail === 'string' ? answer.body.detail : answer.text, detail);
    });
  }

  test('a number that JavaScript cannot hold is refused, never altered', async () => {
    const raw = JSON.stringify(checkout({ debug: { n: 1 } })).replace('"n":1', '"n":9007199254740993');
    const answer = await call(server, 'POST', '/latest/node', { token: alice, raw });
    assert.equal(answer.status, 422);
    assert.match(answer.text, /debug/);
  });

  test('unknown ids and malformed ones', async () => {
    assert.equal((await call(server, 'GET', `/latest/node/${UNKNOWN}`)).text, 'null');
    assert.equal((await call(server, 'GET', '/latest/node/nope')).status, 400);
    assert.equal((await put(UNKNOWN, alice, checkout())).status, 404);
    assert.equal((await patch('nope', alice, { result: 'pass' })).status, 400);
    assert.equal(
      (await patch(UNKNOWN, alice, { result: 'pass' })).body.detail,
      `Node not found with id: ${UNKNOWN}`,
    );
  });
});
