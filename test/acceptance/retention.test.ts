import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { adminToken } from '../helpers/accounts.ts';
import { forEachEngine, onlyOn } from '../helpers/engines.ts';
import { eventually } from '../helpers/eventually.ts';
import { call } from '../helpers/http.ts';
import { uniqueName } from '../helpers/kci-workspace.ts';
import { type ApiNode, checkout, createNode, history } from '../helpers/nodes.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { runSql } from '../helpers/sql.ts';

const EVERY_SECOND = { KCI_HOUSEKEEPING_SECONDS: '1' };
const KINDS = ['kbuild', 'job', 'test', 'process', 'regression'];
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

const body = (kind: string, created: string, extra: Record<string, unknown> = {}) => ({
  kind,
  name: kind,
  path: [kind],
  created,
  state: 'done',
  ...extra,
});

const readNode = async (server: TestServer, id: string) =>
  (await call<ApiNode | null>(server, 'GET', `/latest/node/${id}`)).body;

const gone = (server: TestServer, id: string) =>
  eventually(`node ${id} is gone`, async () => ((await readNode(server, id)) === null ? true : undefined));

const countOf = async (server: TestServer, table: string): Promise<number> =>
  Number((await runSql(server, `select count(*) as n from ${table}`))[0]?.n);

forEachEngine(
  'old nodes',
  (engine) => {
    let server: TestServer;
    let token: string;

    before(async () => {
      server = await startServer({ engine, env: { ...EVERY_SECOND, NODE_PURGE_AGE_DAYS: '2' } });
      token = await adminToken(server);
    });

    test('go when they are older than they are kept, checkouts excepted, and nobody is told', async () => {
      const top = await createNode(server, token, checkout({ created: daysAgo(400) }));
      const old: ApiNode[] = [];
      const young: ApiNode[] = [];
      for (const kind of KINDS) {
        young.push(await createNode(server, token, body(kind, daysAgo(1.9), { parent: top.id })));
        old.push(await createNode(server, token, body(kind, daysAgo(2.1), { parent: top.id })));
      }
      old.push(await createNode(server, token, body('job', daysAgo(3), { state: 'running' })));
      for (const { id } of old) await gone(server, id);
      for (const { id } of [top, ...young]) assert.equal((await readNode(server, id))?.id, id);
      for (const { id } of old) {
        assert.deepEqual(
          (await history(server, id)).map(({ data }) => data.op),
          ['created'],
        );
        const patched = await call(server, 'PATCH', `/latest/node/${id}`, {
          token,
          json: { result: 'pass' },
        });
        assert.equal(patched.status, 404);
      }
      const below = await call<ApiNode[]>(server, 'GET', `/latest/nodes/fast?parent=${top.id}`);
      assert.deepEqual(
        below.body.map(({ id }) => id),
        young.map(({ id }) => id),
      );
      assert.equal(await countOf(server, 'node_docs'), await countOf(server, 'nodes'));
    });

    test('leave their keys behind for others', async () => {
      const headers = { 'Kci-Node-Key': uniqueName('key') };
      const first = await createNode(server, token, body('job', daysAgo(5)), { headers });
      await gone(server, first.id);
      const second = await createNode(server, token, body('job', daysAgo(0)), { headers });
      assert.notEqual(second.id, first.id);
      const third = await createNode(server, token, body('job', daysAgo(0)), { headers });
      assert.equal(third.id, second.id);
    });

    test('go in any number, while others read and write', async () => {
      const name = uniqueName('many');
      const child = { node: body('test', daysAgo(9), { name }), child_nodes: [] };
      const rounds = Array.from({ length: 5 }, async () => {
        const root = await createNode(server, token, body('job', daysAgo(0)));
        const json = { node: body('job', daysAgo(0)), child_nodes: Array.from({ length: 300 }, () => child) };
        const { status } = await call(server, 'PUT', `/latest/nodes/${root.id}`, { token, json });
        assert.equal(status, 200);
        return root.id;
      });
      const roots = await Promise.all(rounds);
      await eventually('all of them are gone', async () => {
        await createNode(server, token, body('job', daysAgo(0)));
        const { body: left } = await call<number>(server, 'GET', `/latest/count?name=${name}`);
        return left === 0 ? true : undefined;
      });
      for (const id of roots) assert.equal((await readNode(server, id))?.id, id);
    });
  },
  { ownProcess: true },
);

forEachEngine(
  'how long things are kept',
  (engine) => {
    test('0 days keep nodes for ever', async () => {
      const env = { ...EVERY_SECOND, NODE_PURGE_AGE_DAYS: '0', EVENT_HISTORY_TTL_SECONDS: '1' };
      const server = await startServer({ engine, env });
      const token = await adminToken(server);
      const { id } = await createNode(server, token, body('job', daysAgo(9000)));
      // Events go in the same turn, before nodes would.
      for (let turn = 0; turn < 2; turn += 1) {
        await createNode(server, token);
        await eventually('the log is empty', async () =>
          (await countOf(server, 'events')) === 0 ? true : undefined,
        );
      }
      assert.equal((await readNode(server, id))?.id, id);
    });

    test('idempotency keys, the audit log and expired tokens have settings of their own', async () => {
      const server = await startServer({
        engine,
        env: {
          ...EVERY_SECOND,
          AUDIT_TTL_SECONDS: '1',
          IDEMPOTENCY_TTL_SECONDS: '1',
          EXPIRED_TOKEN_TTL_SECONDS: '1',
          ACCESS_TOKEN_EXPIRE_SECONDS: '1',
        },
      });
      await adminToken(server);
      assert.ok((await countOf(server, 'tokens')) > 0);
      await server.stop();
      await runSql(
        server,
        "insert into idempotency_keys (key, created, fingerprint, body) values ('old', 1, 'f', '{}')",
      );
      const sibling = await server.startSibling();
      for (const table of ['tokens', 'audit', 'idempotency_keys']) {
        await eventually(`${table} is empty`, async () =>
          (await countOf(sibling, table)) === 0 ? true : undefined,
        );
      }
    });

    test('the audit log is kept for ever unless told otherwise', async () => {
      const env = { ...EVERY_SECOND, EVENT_HISTORY_TTL_SECONDS: '1' };
      const server = await startServer({ engine, env });
      const token = await adminToken(server);
      await call(server, 'POST', '/latest/user-groups', { token, json: { name: 'g' } });
      await runSql(server, 'update audit set time = 1');
      const acts = await countOf(server, 'audit');
      assert.ok(acts > 0);
      for (let turn = 0; turn < 2; turn += 1) {
        await createNode(server, token);
        await eventually('the log is empty', async () =>
          (await countOf(server, 'events')) === 0 ? true : undefined,
        );
      }
      assert.equal(await countOf(server, 'audit'), acts);
    });
  },
  { ownProcess: true },
);

onlyOn('sqlite', 'the space of what was removed', (engine) => {
  test('goes back to the disk', async () => {
    const server = await startServer({ engine, env: { ...EVERY_SECOND, NODE_PURGE_AGE_DAYS: '1' } });
    const token = await adminToken(server);
    await server.stop();
    const large = await server.startSibling({ KCI_HOUSEKEEPING_SECONDS: '3600' });
    const data = { text: 'x'.repeat(100_000) };
    for (let n = 0; n < 100; n += 1) await createNode(large, token, body('process', daysAgo(9), { data }));
    await large.stop();
    const file = path.join(server.dataDir, 'kernelci.db');
    const full = statSync(file).size;
    assert.ok(full > 10_000_000);
    const { url } = await server.startSibling({ EVENT_HISTORY_TTL_SECONDS: '1' });
    await eventually('the nodes are gone', async () => {
      const { body: left } = await call<number>({ url }, 'GET', '/latest/count?kind=process');
      return left === 0 ? true : undefined;
    });
    await eventually('there are no free pages', async () =>
      (await runSql(server, 'PRAGMA freelist_count'))[0]?.freelist_count === 0 ? true : undefined,
    );
    const pages = Number((await runSql(server, 'PRAGMA page_count'))[0]?.page_count);
    assert.ok(pages * 4096 < full / 4, `${pages} pages`);
  });
});
