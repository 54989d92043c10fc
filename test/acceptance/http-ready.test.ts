import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { adminToken, type Detail } from '../helpers/accounts.ts';
import { createDatabase } from '../helpers/databases.ts';
import { forEachEngine, onlyOn } from '../helpers/engines.ts';
import { eventually } from '../helpers/eventually.ts';
import { call } from '../helpers/http.ts';
import { uniqueName } from '../helpers/kci-workspace.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { runSql } from '../helpers/sql.ts';
import { startTcpProxy, type TcpProxy } from '../helpers/tcp-proxy.ts';

forEachEngine(
  'alive and ready',
  (engine) => {
    let server: TestServer;
    before(async () => {
      server = await startServer({ engine });
    });

    for (const prefix of ['', '/latest', '/v0']) {
      test(`${prefix}/health and ${prefix}/ready answer anybody`, async () => {
        for (const [path, status] of [
          ['/health', 'ok'],
          ['/ready', 'ready'],
        ] as const) {
          for (const token of ['', 'not.a.token']) {
            const answer = await call(server, 'GET', prefix + path, { token });
            assert.equal(answer.status, 200);
            assert.deepEqual(answer.body, { status });
          }
        }
      });
    }

    test('the greeting is JSON for programs', async () => {
      for (const headers of [{}, { Accept: '*/*' }, { Accept: 'application/json' }]) {
        const answer = await call(server, 'GET', '/latest/', { headers, token: 'garbage' });
        assert.equal(answer.status, 200);
        assert.deepEqual(answer.body, { message: 'KernelCI API' });
      }
    });

    test('it is not ready when its schema is not that of this release', async () => {
      const rows = await runSql(server, 'SELECT name, timestamp FROM kysely_migration ORDER BY name');
      const last = rows.at(-1);
      assert.ok(last);
      await runSql(server, 'DELETE FROM kysely_migration WHERE name = $1', [String(last.name)]);
      const answer = await call<Detail>(server, 'GET', '/ready');
      assert.equal(answer.status, 503);
      assert.equal(typeof answer.body.detail, 'string');
      assert.equal((await call(server, 'GET', '/health')).status, 200);
      await runSql(server, 'INSERT INTO kysely_migration (name, timestamp) VALUES ($1, $2)', [
        String(last.name),
        String(last.timestamp),
      ]);
      assert.equal((await call(server, 'GET', '/ready')).status, 200);
    });
  },
  { ownProcess: true },
);

onlyOn('postgres', 'a database that goes away', () => {
  let server: TestServer;
  let proxy: TcpProxy;
  let token: string;

  before(async () => {
    const { url } = await createDatabase();
    const direct = new URL(url);
    proxy = await startTcpProxy({ host: direct.hostname, port: Number(direct.port) });
    direct.hostname = '127.0.0.1';
    direct.port = String(proxy.port);
    server = await startServer({ engine: 'sqlite', env: { DATABASE_URL: direct.href } });
    token = await adminToken(server);
  });

  const whoami = () => call<Detail>(server, 'GET', '/latest/whoami', { token });
  const createGroup = () =>
    call<Detail>(server, 'POST', '/latest/user-groups', { token, json: { name: uniqueName('group') } });

  function assertUnavailable({ status, headers, body }: Awaited<ReturnType<typeof whoami>>): void {
    assert.equal(status, 503);
    assert.match(headers.get('retry-after') ?? '', /^\d+$/);
    assert.match(body.detail, /database/);
    assert.deepEqual(Object.keys(body), ['detail']);
  }

  for (const round of [1, 2]) {
    test(`requests are refused with 503 until it is back (${round})`, async () => {
      assert.equal((await whoami()).status, 200);
      const pid = server.pid;
      proxy.cut();
      assertUnavailable(await createGroup());
      const ready = await call<Detail>(server, 'GET', '/ready');
      assertUnavailable(ready);
      assert.equal((await call(server, 'GET', '/health')).status, 200);
      assertUnavailable(
        await eventually('whoami knows', async () => {
          const answer = await whoami();
          return answer.status === 200 ? undefined : answer;
        }),
      );
      assertUnavailable(await call(server, 'POST', '/latest/user/login', { form: server.admin }));

      proxy.mend();
      await eventually('it is ready again', async () =>
        (await call(server, 'GET', '/ready')).status === 200 ? true : undefined,
      );
      assert.equal((await whoami()).status, 200);
      assert.equal((await createGroup()).status, 200);
      assert.equal((await call(server, 'POST', '/latest/user/login', { form: server.admin })).status, 200);
      assert.equal(server.pid, pid);
    });
  }

  test('connections that the database ends are replaced', async () => {
    for (let round = 0; round < 3; round += 1) {
      await runSql(
        server,
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
      ).catch(() => undefined);
      await eventually('it is ready again', async () =>
        (await call(server, 'GET', '/ready')).status === 200 ? true : undefined,
      );
      assert.equal((await createGroup()).status, 200);
    }
    assert.equal(await server.stop(), 0);
  });
});
