import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { adminToken } from '../helpers/accounts.ts';
import { forEachEngine, onlyOn } from '../helpers/engines.ts';
import { call } from '../helpers/http.ts';
import { checkout, createNode } from '../helpers/nodes.ts';
import { runApi } from '../helpers/run-command.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { runSql } from '../helpers/sql.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

const OLD = '2020-01-01T00:00:00';

const purge = (server: TestServer, args: string[] = [], env: Record<string, string> = {}) =>
  runApi(['purge', ...args], { env: { ...server.env, ...env } });

/** The lines of the table that it prints, what they are about before how many there are. */
function tallies(stdout: string): Record<string, number> {
  const rows = stdout.split('\n').flatMap((line) => {
    const [, what, number] = /^(\S+(?: \S+)*) {2,}\d{4}-\S+ +(\d+) /.exec(line) ?? [];
    return what === undefined ? [] : [[what, Number(number)] as const];
  });
  return Object.fromEntries(rows);
}

forEachEngine(
  'kernelci-api purge',
  (engine) => {
    const old = (kind: string, extra: Record<string, unknown> = {}) => ({
      ...checkout({ kind, name: kind, path: [kind], data: {}, created: OLD }),
      ...extra,
    });
    const count = async (server: TestServer) => (await call<number>(server, 'GET', '/latest/count')).body;

    test('tells what would go, by kind and age; then removes it while the server runs', async () => {
      const server = await startServer({ engine });
      const token = await adminToken(server);
      const top = await createNode(server, token, checkout({ created: OLD }));
      for (let n = 0; n < 250; n += 1) await createNode(server, token, old('test', { parent: top.id }));
      await createNode(server, token, old('job', { created: '2021-02-03T04:05:06.789000' }));
      const pinned = await createNode(server, token, old('job'));
      await createNode(server, token, old('test', { parent: pinned.id }));
      await call(server, 'PUT', `/latest/node/${pinned.id}/pin`, { token, json: { pinned: true } });
      const kept = await createNode(server, token, old('job', { created: new Date().toISOString() }));
      const all = await count(server);

      const dry = await purge(server, ['--dry-run']);
      assert.equal(dry.code, 0, dry.stderr);
      assert.deepEqual(tallies(dry.stdout), { 'nodes: job': 1, 'nodes: test': 250 });
      assert.match(
        dry.stdout,
        /^nodes: job .* 1 {2}2021-02-03T04:05:06\.789000 {2}2021-02-03T04:05:06\.789000$/m,
      );
      assert.match(dry.stdout, /^Kept by pins: 2 nodes$/m);
      assert.match(dry.stdout, /^Nothing was removed: this was a dry run\.$/m);
      assert.equal(await count(server), all);

      const done = await purge(server);
      assert.equal(done.code, 0, done.stderr);
      assert.deepEqual(tallies(done.stdout), tallies(dry.stdout));
      assert.match(done.stdout, /^Removed: 251$/m);
      assert.match(done.stderr, /^nodes: test: 250 of 250 removed$/m);
      assert.equal(await count(server), all - 251);
      for (const { id } of [top, pinned, kept])
        assert.notEqual((await call(server, 'GET', `/latest/node/${id}`)).body, null);

      const again = await purge(server);
      assert.match(again.stdout, /^Nothing is older than it is kept\.$/m);
      assert.match(again.stdout, /^Removed: 0$/m);
    });

    test('covers all that is kept for a time, as its own settings say', async () => {
      const server = await startServer({ engine });
      const token = await adminToken(server);
      const headers = { 'Idempotency-Key': 'once' };
      const node = await createNode(server, token, old('process'), { headers });
      const event = { kind: 'job_result', runtime: 'lab', ts: OLD };
      await call(server, 'POST', '/latest/telemetry', { token, json: [event] });
      for (const [table, column] of [
        ['events', 'time'],
        ['audit', 'time'],
        ['idempotency_keys', 'created'],
        ['tokens', 'expires'],
        ['telemetry', 'ts'],
      ])
        await runSql(server, `update ${table} set ${column} = 1000`);
      const forEver = { NODE_PURGE_AGE_DAYS: '0', AUDIT_TTL_SECONDS: '0' };
      const some = tallies((await purge(server, ['--dry-run'], forEver)).stdout);
      assert.deepEqual(Object.keys(some).sort(), [
        'events',
        'expired tokens',
        'idempotency keys',
        'telemetry',
      ]);
      const { code, stderr } = await purge(server, ['--vacuum'], { AUDIT_TTL_SECONDS: '60' });
      assert.equal(code, 0, stderr);
      for (const table of ['events', 'audit', 'idempotency_keys', 'tokens', 'telemetry']) {
        const [row] = await runSql(server, `select count(*) as n from ${table}`);
        assert.equal(Number(row?.n), 0, table);
      }
      assert.equal((await call(server, 'GET', `/latest/node/${node.id}`)).body, null);
    });

    test('says what is wrong', async () => {
      const server = await startServer({ engine });
      const wrong = await purge(server, [], { NODE_PURGE_AGE_DAYS: 'many' });
      assert.equal(wrong.code, 1);
      assert.match(wrong.stderr, /NODE_PURGE_AGE_DAYS: "many" is not a whole number from 0 to 36500/);
      assert.equal((await purge(server, ['--everything'])).code, 2);
      const nowhere = makeTempFolder('nowhere');
      const env = { ...server.env, DATABASE_URL: '', KCI_DATA_DIR: nowhere };
      const missing = await runApi(['purge', '--dry-run'], { env });
      assert.equal(missing.code, 1);
      assert.match(missing.stderr, /there is no database .*kernelci\.db: set KCI_DATA_DIR or DATABASE_URL/);
    });
  },
  { ownProcess: true },
);

onlyOn('sqlite', 'kernelci-api purge --vacuum', () => {
  test('makes a file of before shorter, and one that can be made shorter step by step', async () => {
    const dataDir = makeTempFolder('before');
    mkdirSync(dataDir, { recursive: true });
    const file = path.join(dataDir, 'kernelci.db');
    const before = new DatabaseSync(file);
    before.exec('create table ballast (text text)');
    const fill = before.prepare('insert into ballast values (?)');
    for (let n = 0; n < 200; n += 1) fill.run('x'.repeat(10_000));
    before.exec('drop table ballast; create table ballast (text text)');
    before.close();
    const env = { KCI_DATA_DIR: dataDir };
    const pragma = async (name: string) => (await runSql({ dataDir }, `PRAGMA ${name}`))[0]?.[name];
    const pages = Number(await pragma('page_count'));
    assert.equal((await runApi(['purge'], { env })).code, 0);
    assert.equal(await pragma('auto_vacuum'), 0);
    assert.ok(Number(await pragma('page_count')) >= pages);
    const { code, stdout, stderr } = await runApi(['purge', '--vacuum'], { env });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^Removed: 0$/m);
    assert.equal(await pragma('auto_vacuum'), 2);
    assert.equal(await pragma('freelist_count'), 0);
    assert.ok(Number(await pragma('page_count')) < pages);
  });
});
