import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import pg from 'pg';
import { adminToken } from '../helpers/accounts.ts';
import { onlyOn } from '../helpers/engines.ts';
import { eventually } from '../helpers/eventually.ts';
import { call } from '../helpers/http.ts';
import { uniqueName } from '../helpers/kci-workspace.ts';
import { readFigure } from '../helpers/metrics.ts';
import { type ApiNode, createNode } from '../helpers/nodes.ts';
import { type OwnPostgres, startOwnPostgres } from '../helpers/own-postgres.ts';
import { runApi } from '../helpers/run-command.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { startTcpProxy, type TcpProxy } from '../helpers/tcp-proxy.ts';
import { askTelemetry, findTelemetry, sendTelemetry } from '../helpers/telemetry.ts';

/** Longer than the tests take: a replica that answers is used, however old its data. */
const AN_HOUR = '3600';
const LEFT_ALONE = /the replica is left alone/g;
const USED = /lists may come from the replica/g;

interface Page {
  items: ApiNode[];
  total: number;
}

async function runAt(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

/** Asks all of it again and again, one after the other, until `act` is done; throws what any of it throws. */
async function whileAsking(asks: (() => Promise<unknown>)[], act: () => Promise<unknown>): Promise<void> {
  let isDone = false;
  const asking = asks.map(async (ask) => {
    while (!isDone) await ask();
  });
  const acting = act().finally(() => {
    isDone = true;
  });
  await Promise.all([acting, ...asking]).finally(() => {
    isDone = true;
  });
}

onlyOn('postgres', 'read replicas', () => {
  let primary: OwnPostgres;
  let standby: OwnPostgres;
  /** Between the servers and the standby. */
  let proxy: TcpProxy;
  /** Of an ordinary role, as servers use it. */
  let databaseUrl = '';
  let replicaUrl = '';
  /** Its lists may be an hour old. */
  let patient: TestServer;
  /** Its lists may be a second old. */
  let strict: TestServer;
  let token = '';

  before(async () => {
    primary = await startOwnPostgres();
    standby = await primary.startStandby();
    proxy = await startTcpProxy({ host: '127.0.0.1', port: Number(new URL(standby.url).port) });
    await runAt(primary.url, "create role ordinary login password 'sesame'");
    await runAt(primary.url, 'create database kernelci owner ordinary');
    const url = new URL('postgres://ordinary:sesame@127.0.0.1/kernelci');
    url.port = new URL(primary.url).port;
    databaseUrl = url.href;
    url.port = String(proxy.port);
    replicaUrl = url.href;
    patient = await startServer({
      engine: 'postgres',
      env: {
        DATABASE_URL: databaseUrl,
        DATABASE_REPLICA_URLS: replicaUrl,
        KCI_REPLICA_STALENESS_SECONDS: AN_HOUR,
        KCI_LIFECYCLE: 'off',
      },
    });
    strict = await patient.startSibling({ KCI_REPLICA_STALENESS_SECONDS: '1' });
    token = await adminToken(patient);
  });

  const onStandby = (statement: string) => runAt(standby.url, statement);
  /** Does something while the standby's data stays as it is. */
  const whilePaused = async (act: () => Promise<void>) => {
    await onStandby('select pg_wal_replay_pause()');
    try {
      await eventually('replay is paused', async () => {
        const [row] = await onStandby('select pg_get_wal_replay_pause_state() as state');
        return row?.state === 'paused' || undefined;
      });
      await act();
    } finally {
      await onStandby('select pg_wal_replay_resume()');
    }
  };

  const figure = async (server: TestServer, name: string) => {
    const label = `127.0.0.1:${proxy.port}/kernelci`;
    const value = await readFigure(server, `${name}{replica="${label}"}`);
    assert.ok(value !== undefined, `${name} of ${label}`);
    return value;
  };
  const reads = (server: TestServer) => figure(server, 'kci_replica_reads_total');
  const create = (name: string, extra: Record<string, unknown> = {}) =>
    createNode(patient, token, { kind: 'process', name, path: [name], ...extra });
  const list = async (server: TestServer, query: string): Promise<Page> => {
    const { status, body, text } = await call<Page>(server, 'GET', `/latest/nodes?${query}`);
    assert.equal(status, 200, text);
    return body;
  };
  const namesOf = ({ items }: Page) => items.map(({ name }) => name);

  /** Answers once lists come from the replica. */
  const isUsed = (server: TestServer) =>
    eventually('the replica is used', async () => {
      const earlier = await reads(server);
      await list(server, 'limit=1');
      return (await reads(server)) > earlier || undefined;
    });
  /** Answers once the replica has all that was written before, and is used. */
  const caughtUp = async () => {
    const [end] = await runAt(primary.url, 'select pg_current_wal_lsn() as lsn');
    await eventually('the replica has all', async () => {
      const [row] = await onStandby(`select pg_last_wal_replay_lsn() >= '${end?.lsn}' as all`);
      return row?.all === true || undefined;
    });
    await isUsed(patient);
  };

  test('lists, counts and telemetry come from the replica', async () => {
    await caughtUp();
    const earlier = await reads(patient);
    await list(patient, 'limit=1');
    await call(patient, 'GET', '/latest/nodes/fast?limit=1');
    await call(patient, 'GET', '/latest/count');
    await findTelemetry(patient, {});
    await askTelemetry(patient, 'stats', { group_by: 'runtime' });
    assert.equal(await reads(patient), earlier + 5);
    await askTelemetry(patient, 'anomalies', {});
    assert.ok((await reads(patient)) > earlier + 5);
    assert.equal(await figure(patient, 'kci_replica_failed_reads_total'), 0);
    assert.ok((await figure(patient, 'kci_replica_staleness_seconds')) < Number(AN_HOUR));
  });

  test('what is as old as it may be is answered as it was, by lists alone', async () => {
    const runtime = uniqueName('lab');
    const name = uniqueName('new');
    const parent = await create(uniqueName('parent'));
    await caughtUp();
    await whilePaused(async () => {
      const { id } = await create(name, { parent: parent.id });
      await sendTelemetry(patient, token, [{ kind: 'job_result', runtime, ts: new Date().toISOString() }]);

      assert.deepEqual(await list(patient, `name=${name}`), { items: [], total: 0, limit: 50, offset: 0 });
      assert.equal((await call(patient, 'GET', `/latest/count?name=${name}`)).text, '0');
      assert.equal((await call(patient, 'GET', `/latest/nodes/fast?name=${name}`)).text, '[]');
      assert.equal((await findTelemetry(patient, { runtime })).total, 0);

      assert.equal((await call<ApiNode>(patient, 'GET', `/latest/node/${id}`)).body.name, name);
      const put = await call(patient, 'PUT', `/latest/node/${id}`, {
        token,
        json: { kind: 'process', name, path: [name], parent: parent.id, state: 'done', result: 'pass' },
      });
      assert.equal(put.status, 200, put.text);
      assert.equal((await call<ApiNode>(patient, 'GET', `/latest/node/${id}`)).body.state, 'done');
      const tree = await call<ApiNode[]>(patient, 'GET', `/latest/node/${parent.id}/tree`);
      assert.ok(tree.text.includes(id), tree.text);
      const events = await call<unknown[]>(patient, 'GET', `/latest/events?node_id=${id}`);
      assert.equal(events.body.length, 2);
    });
    await caughtUp();
    assert.equal((await list(patient, `name=${name}`)).items[0]?.state, 'done');
    assert.equal((await findTelemetry(patient, { runtime })).total, 1);
  });

  test('a list that the replica has begun goes on at the primary', async () => {
    const group = uniqueName('group');
    const names = ['a', 'b', 'c', 'd', 'e'].map((letter) => `${group}-${letter}`);
    for (const name of names.slice(0, 3)) await create(name, { group });
    await caughtUp();
    await whilePaused(async () => {
      for (const name of names.slice(3)) await create(name, { group });
      const first = await call<Page>(patient, 'GET', `/latest/nodes?group=${group}&limit=2`);
      assert.deepEqual([namesOf(first.body), first.body.total], [names.slice(0, 2), 3]);
      const earlier = await reads(patient);
      const [, query = ''] = /^<\?([^>]+)>/.exec(first.headers.get('link') ?? '') ?? [];
      const second = await list(patient, query.replace('limit=2', 'limit=10'));
      assert.deepEqual(namesOf(second), names.slice(2));
      assert.equal(await reads(patient), earlier);
    });
  });

  test('a replica that is too far behind is left alone until it has caught up', async () => {
    await isUsed(strict);
    await whilePaused(async () => {
      const { name } = await create(uniqueName('late'));
      await eventually('the primary is asked', async () => (await list(strict, `name=${name}`)).items[0]);
      const earlier = await reads(strict);
      for (let n = 0; n < 5; n += 1) {
        const { name } = await create(uniqueName('late'));
        assert.deepEqual(namesOf(await list(strict, `name=${name}`)), [name]);
      }
      assert.equal(await reads(strict), earlier);
      assert.ok((await figure(strict, 'kci_replica_staleness_seconds')) > 1);
    });
    await isUsed(strict);
  });

  test('reads that are in the way of the recovery are repeated at the primary', async () => {
    await isUsed(patient);
    const { name } = await create(uniqueName('kept'));
    await caughtUp();
    await onStandby('alter system set max_standby_streaming_delay = 0');
    await onStandby('select pg_reload_conf()');
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    const ask = async () =>
      assert.deepEqual(namesOf(await list(patient, `name=${name}&kind__re=pro`)), [name]);
    await whileAsking([ask, ask, ask], () =>
      eventually('recovery ended a read', async () => {
        // The lock is taken at the standby too, and ends what holds another one there.
        await client.query('begin; lock table nodes in access exclusive mode; commit');
        return (await figure(patient, 'kci_replica_failed_reads_total')) > 0 || undefined;
      }),
    ).finally(() => client.end());
    await onStandby('alter system reset max_standby_streaming_delay');
    await onStandby('select pg_reload_conf()');
  });

  test('a replica that stands still has its reads taken over by the primary', async () => {
    await isUsed(patient);
    const failed = await figure(patient, 'kci_replica_failed_reads_total');
    proxy.hold();
    assert.equal((await list(patient, 'limit=1')).items.length, 1);
    assert.ok((await figure(patient, 'kci_replica_failed_reads_total')) > failed);
    proxy.release();
    await isUsed(patient);
  });

  test('a replica that dies fails no request, and is used when it is back', async () => {
    await isUsed(strict);
    await isUsed(patient);
    const told = (server: TestServer, what: RegExp) => server.logs().match(what)?.length ?? 0;
    const servers = [patient, strict];
    const earlier = servers.map((server) => [told(server, LEFT_ALONE), told(server, USED)]);
    const ask = servers.map((server) => () => list(server, 'limit=5'));
    await whileAsking(ask, async () => {
      await standby.kill9();
      for (const [i, server] of servers.entries())
        await eventually(
          'that it is gone',
          () => told(server, LEFT_ALONE) > (earlier[i]?.[0] ?? 0) || undefined,
        );
      const { name } = await create(uniqueName('alone'));
      for (const server of servers) assert.deepEqual(namesOf(await list(server, `name=${name}`)), [name]);
      await standby.restart();
      for (const server of servers) await isUsed(server);
    });
    // Once each time, however often it was looked at meanwhile.
    const later = servers.map((server) => [told(server, LEFT_ALONE), told(server, USED)]);
    assert.deepEqual(
      later,
      earlier.map((counts) => counts.map((count) => count + 1)),
    );
  });

  const doctor = async (env: Record<string, string> = {}) => {
    const { code, stdout } = await runApi(['doctor'], {
      env: { DATABASE_URL: databaseUrl, DATABASE_REPLICA_URLS: replicaUrl, SECRET_KEY: 'key', ...env },
    });
    assert.equal(code, 0, stdout);
    return stdout.split('\n').filter((line) => line.includes('the replica '));
  };

  test('doctor says how each replica is', async () => {
    const name = `127\\.0\\.0\\.1:${proxy.port}`;
    assert.match(
      String(await doctor()),
      new RegExp(`^✔ the replica ${name}/kernelci is at most \\d+ ms behind$`),
    );
    const other = new URL(replicaUrl);
    other.pathname = '/template1';
    const found = await doctor({
      DATABASE_REPLICA_URLS: `${databaseUrl},${other.href} postgres://user:sesame@127.0.0.1:1/db`,
    });
    for (const [i, text] of [
      /^! .*\/kernelci is not used: it is not in recovery, so it is no replica; check DATABASE_REPLICA_URLS/,
      /^! .*\/template1 is not used: it is a replica of another database/,
      /^! the replica 127\.0\.0\.1:1\/db is not used: .*ECONNREFUSED/,
    ].entries())
      assert.match(found[i] ?? '', text);
    assert.doesNotMatch(found.join(), /sesame/);
    await whilePaused(async () => {
      await create(uniqueName('unseen'));
      const [paused = ''] = await doctor();
      assert.match(
        paused,
        /^! .* is 0\.\d MB of the log behind, and replay is paused there: select pg_wal_replay_resume/,
      );
    });
  });

  test('no password is in metrics or log', async () => {
    const { text } = await call(strict, 'GET', '/latest/metrics');
    for (const output of [text, patient.logs(), strict.logs()]) assert.ok(!output.includes('sesame'));
  });

  test('a replica that was made a primary is not used', async () => {
    await isUsed(patient);
    await onStandby('select pg_promote()');
    await eventually('that it is none', () => /it is not in recovery/.exec(patient.logs()) ?? undefined);
    const earlier = await reads(patient);
    for (let n = 0; n < 3; n += 1) {
      const { name } = await create(uniqueName('after'));
      assert.deepEqual(namesOf(await list(patient, `name=${name}`)), [name]);
    }
    assert.equal(await reads(patient), earlier);
    assert.equal(patient.logs().match(/it is not in recovery/g)?.length, 1);
  });
});
