import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { type Account, addAccount, adminToken, createToken, type Detail } from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { call } from '../helpers/http.ts';
import { uniqueName } from '../helpers/kci-workspace.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { askTelemetry, findTelemetry, minutesAgo, sendTelemetry } from '../helpers/telemetry.ts';

const FULL = {
  ts: '2026-11-20T12:00:00.123456+02:00',
  kind: 'job_result',
  device_type: 'rk3588',
  device_id: 'rk-1',
  job_name: 'baseline',
  test_name: 'baseline.login',
  job_id: '17',
  node_id: '6526448e7d140ee220971a0e',
  tree: 'mainline',
  branch: 'master',
  arch: 'arm64',
  result: 'incomplete',
  is_infra_error: true,
  error_type: 'Infrastructure',
  error_msg: 'line 1\nline 2 "é"',
  retry: 2,
  extra: { a: [1, { b: null }], ü: 'x' },
};

const times = (count: number, event: object) => Array.from({ length: count }, () => event);

forEachEngine('telemetry', (engine) => {
  let server: TestServer;
  let alice: Account;

  before(async () => {
    server = await startServer({ engine });
    alice = await addAccount(server, await adminToken(server));
  });

  const send = (events: unknown[]) => sendTelemetry(server, alice.token, events);
  const refused = async (path: string) => {
    const { status, body, text } = await call<Detail>(server, 'GET', path);
    assert.equal(status, 400, text);
    return body.detail;
  };

  describe('storing', () => {
    test('everything that was sent is given back, and nothing else', async () => {
      const runtime = uniqueName('lab');
      await send([{ ...FULL, runtime, id: '6526448e7d140ee220971a0e', unknown: 1 }]);
      const { items, total } = await findTelemetry(server, { runtime });
      const [{ id, ...event } = { id: '' }] = items;
      assert.equal(total, 1);
      assert.match(id, /^[0-9a-f]{24}$/);
      assert.notEqual(id, '6526448e7d140ee220971a0e');
      assert.deepEqual(event, { ...FULL, ts: '2026-11-20T10:00:00.123000', runtime });
    });

    test('what is absent or null gets its default, the time of storing for one', async () => {
      const runtime = uniqueName('lab');
      const nulls = Object.fromEntries(Object.keys(FULL).map((key) => [key, null]));
      const start = Date.now();
      await send([
        { runtime, kind: 'job_skip' },
        { ...nulls, runtime, kind: 'job_skip' },
      ]);
      const { items } = await findTelemetry(server, { runtime });
      for (const { id: _, ts, ...event } of items) {
        const moment = Date.parse(`${ts}Z`);
        assert.ok(moment >= start && moment <= Date.now(), ts);
        const { ts: __, ...fields } = nulls;
        const defaults = { is_infra_error: false, retry: 0, extra: {} };
        assert.deepEqual(event, { ...fields, ...defaults, kind: 'job_skip', runtime });
      }
      assert.equal(items.length, 2);
    });

    const WRONG: [what: string, event: unknown, told: RegExp][] = [
      ['no kind', { runtime: 'x' }, /kind/],
      ['a kind that is none', { kind: 'job', runtime: 'x' }, /kind.*test_result/],
      ['no runtime', { kind: 'job_skip' }, /runtime/],
      ['a runtime that is no text', { kind: 'job_skip', runtime: 5 }, /runtime/],
      ['a result that is none', { kind: 'job_result', runtime: 'x', result: 'passed' }, /result/],
      ['a time that is none', { kind: 'job_skip', runtime: 'x', ts: 'soon' }, /ts.*soon/],
      ['a flag that is none', { kind: 'job_skip', runtime: 'x', is_infra_error: 'maybe' }, /is_infra_error/],
      ['half a retry', { kind: 'job_skip', runtime: 'x', retry: 1.5 }, /retry/],
      ['extra that is no object', { kind: 'job_skip', runtime: 'x', extra: [] }, /extra/],
      ['a name without end', { kind: 'job_skip', runtime: 'x', tree: 'x'.repeat(501) }, /tree.*500/],
      ['no object', 'event', /object/],
    ];
    for (const [what, event, told] of WRONG) {
      test(`${what} is refused with the whole list, saying which event`, async () => {
        const runtime = uniqueName('lab');
        const json = [{ kind: 'job_skip', runtime }, event];
        const answer = await call<Detail>(server, 'POST', '/latest/telemetry', { token: alice.token, json });
        assert.equal(answer.status, 400, answer.text);
        assert.match(answer.body.detail, /^Invalid telemetry event: .*\(event 1, /);
        assert.match(answer.body.detail, told);
        assert.equal((await findTelemetry(server, { runtime })).total, 0);
      });
    }

    test('what is no list is not valid, and a list has from one to ten thousand events', async () => {
      const token = alice.token;
      for (const options of [{ json: { kind: 'job_skip', runtime: 'x' } }, { json: 'x' }, {}, { raw: '[' }]) {
        assert.equal((await call(server, 'POST', '/latest/telemetry', { token, ...options })).status, 422);
      }
      const runtime = uniqueName('lab');
      const answer = (count: number) =>
        call<Detail>(server, 'POST', '/latest/telemetry', {
          token,
          json: times(count, { kind: 'job_skip', runtime }),
        });
      assert.equal((await answer(0)).text, '{"detail":"Events list cannot be empty"}');
      const long = await answer(10_001);
      assert.equal(long.status, 400);
      assert.match(long.body.detail, /10000/);
      assert.equal((await answer(10_000)).text, '{"inserted":10000}');
      assert.equal((await findTelemetry(server, { runtime, limit: '1' })).total, 10_000);
      // Many of one moment: each is in one page, and none is missing.
      const page = (offset: number) =>
        findTelemetry(server, { runtime, limit: '4000', offset: String(offset) });
      const pages = [await page(0), await page(4000), await page(8000)];
      assert.equal(new Set(pages.flatMap(({ items }) => items.map(({ id }) => id))).size, 10_000);
    });

    test('it needs an account, and a token that may write nodes', async () => {
      const json = [{ kind: 'job_skip', runtime: 'x' }];
      const post = async (token: string) =>
        (await call(server, 'POST', '/latest/telemetry', { token, json })).status;
      const scoped = async (scopes: string) => (await createToken(server, alice, { scopes })).access_token;
      assert.equal(await post('not.a.token'), 401);
      assert.equal(await post(await scoped('read-only')), 403);
      assert.equal(await post(await scoped('events')), 403);
      assert.equal(await post(await scoped('nodes')), 200);
    });
  });

  describe('reading', () => {
    test('the newest come first, those of one moment as they came', async () => {
      const runtime = uniqueName('lab');
      const moments = [3, 1, 2].map(minutesAgo);
      await send([0, 1, 2, 1, 0].map((at, retry) => ({ kind: 'job_skip', runtime, ts: moments[at], retry })));
      const { items } = await findTelemetry(server, { runtime });
      assert.deepEqual(
        items.map(({ retry }) => retry),
        [1, 3, 2, 0, 4],
      );
      const page = await findTelemetry(server, { runtime, limit: '2', offset: '1' });
      assert.deepEqual(
        page.items.map(({ retry }) => retry),
        [3, 2],
      );
      assert.deepEqual([page.total, page.limit, page.offset], [5, 2, 1]);
    });

    test('filters are values, null for none, all must hold; both ends of the time belong to it', async () => {
      const runtime = uniqueName('lab');
      const [old, young] = ['2026-11-20T10:00:00', '2026-11-20T11:00:00'];
      await send([
        { kind: 'job_result', runtime, ts: old, device_id: 'a', result: 'pass' },
        { kind: 'job_result', runtime, ts: young, device_id: 'b', result: 'fail', is_infra_error: true },
        { kind: 'job_skip', runtime, ts: young },
      ]);
      const count = async (query: Record<string, string>) =>
        (await findTelemetry(server, { runtime, ...query })).total;
      assert.equal(await count({ kind: 'job_result' }), 2);
      assert.equal(await count({ kind: 'job_result', result: 'fail' }), 1);
      assert.equal(await count({ device_id: 'null' }), 1);
      assert.equal(await count({ device_id: 'b' }), 1);
      assert.equal(await count({ is_infra_error: 'false' }), 2);
      assert.equal(await count({ since: young }), 2);
      assert.equal(await count({ until: old }), 1);
      assert.equal(await count({ since: `${young}.001` }), 0);
      assert.equal(await count({ since: '2026-11-20T12:00:00+01:00', until: `${young}Z` }), 2);
      assert.equal(await count({ lab: runtime }), 3);
      assert.equal((await findTelemetry(server, { lab: runtime })).total, 3);
      const [{ id } = { id: '' }] = (await findTelemetry(server, { runtime })).items;
      assert.equal(await count({ id }), 1);
    });

    test('what telemetry does not have fits nothing, and is told; operators and bad values are refused', async () => {
      for (const path of ['/latest/telemetry?color=red', '/latest/telemetry/stats?group_by=kind&color=red']) {
        const { status, headers, body } = await call<{ total: number } | unknown[]>(server, 'GET', path);
        assert.equal(status, 200);
        assert.equal(headers.get('warning'), '199 - "unknown field: color"');
        assert.deepEqual(Array.isArray(body) ? body : [body.total], Array.isArray(body) ? [] : [0]);
      }
      assert.match(await refused('/latest/telemetry?kind__ne=job_skip'), /kind__ne.*equal/);
      assert.match(await refused('/latest/telemetry/stats?group_by=kind&until=soon'), /until.*soon/);
      assert.match(await refused('/latest/telemetry?lab=a&runtime=b'), /'lab' and 'runtime'/);
      for (const query of ['limit=0', 'offset=-1', 'limit=x'])
        assert.equal((await call(server, 'GET', `/latest/telemetry?${query}`)).status, 422);
    });

    test('whatever token comes with it does not matter', async () => {
      for (const path of ['telemetry', 'telemetry/stats?group_by=kind', 'telemetry/anomalies'])
        assert.equal((await call(server, 'GET', `/latest/${path}`, { token: 'garbage' })).status, 200);
    });
  });

  describe('counting', () => {
    test('groups have their values, the most first', async () => {
      const runtime = uniqueName('lab');
      await send([
        ...times(2, { kind: 'job_result', runtime, result: 'pass', tree: 'next' }),
        { kind: 'job_result', runtime, result: 'fail', is_infra_error: true, tree: 'next' },
        { kind: 'job_result', runtime, result: 'incomplete', is_infra_error: true },
        { kind: 'test_result', runtime, result: 'skip', tree: 'next' },
      ]);
      const stats = (group_by: string) => askTelemetry(server, 'stats', { group_by, runtime });
      const none = { pass: 0, fail: 0, incomplete: 0, skip: 0, infra_error: 0 };
      assert.deepEqual(await stats('kind,tree'), [
        { kind: 'job_result', tree: 'next', ...none, total: 3, pass: 2, fail: 1, infra_error: 1 },
        { kind: 'job_result', tree: null, ...none, total: 1, incomplete: 1, infra_error: 1 },
        { kind: 'test_result', tree: 'next', ...none, total: 1, skip: 1 },
      ]);
      assert.deepEqual(await stats(' lab , is_infra_error,lab'), [
        { lab: runtime, is_infra_error: false, ...none, total: 3, pass: 2, skip: 1 },
        { lab: runtime, is_infra_error: true, ...none, total: 2, fail: 1, incomplete: 1, infra_error: 2 },
      ]);
    });

    test('what cannot be grouped by is named', async () => {
      const path = '/latest/telemetry/stats?group_by=color,kind,error_msg,color';
      assert.equal(await refused(path), "Invalid group_by fields: {'color', 'error_msg'}");
      assert.equal(await refused('/latest/telemetry/stats?group_by=,'), "'group_by' parameter is required");
    });

    test('more groups than anybody can read are refused', async () => {
      const runtime = uniqueName('lab');
      const batch = (from: number, count: number) =>
        send(
          Array.from({ length: count }, (_, i) => ({ kind: 'job_skip', runtime, job_name: `${from + i}` })),
        );
      await batch(0, 10_000);
      const path = `/latest/telemetry/stats?group_by=job_name&runtime=${runtime}`;
      assert.equal((await call<unknown[]>(server, 'GET', path)).body.length, 10_000);
      await batch(10_000, 1);
      assert.match(await refused(path), /more than 10000 groups/);
    });
  });

  describe('anomalies', () => {
    interface Anomalies {
      result_anomalies: Record<string, unknown>[];
      error_anomalies: Record<string, unknown>[];
    }

    const anomalies = async (runtime: string, query: Record<string, string> = {}): Promise<Anomalies> => {
      const found = await askTelemetry<Anomalies>(server, 'anomalies', query);
      const own = (list: Record<string, unknown>[]) => list.filter((one) => one.runtime === runtime);
      return {
        result_anomalies: own(found.result_anomalies),
        error_anomalies: own(found.error_anomalies),
      };
    };

    test('types of devices are judged by jobs and tests, devices by jobs alone', async () => {
      const runtime = uniqueName('lab');
      const board = { runtime, device_type: 'board', device_id: 'b1' };
      await send([
        ...times(3, { ...board, kind: 'job_result', result: 'incomplete', is_infra_error: true }),
        ...times(9, { ...board, kind: 'test_result', result: 'pass' }),
        ...times(5, { ...board, kind: 'job_submission', is_infra_error: true }),
        // Of no device.
        ...times(3, { ...board, device_id: null, kind: 'job_result', result: 'fail' }),
        ...times(3, { ...board, device_id: '', kind: 'job_result', result: 'fail' }),
      ]);
      const types = await anomalies(runtime, { threshold: '0.5' });
      assert.deepEqual(
        types.result_anomalies.map(({ device_type, total, fail_rate, infra_rate, constant_failure }) => ({
          ...{ device_type, total, fail_rate, infra_rate, constant_failure },
        })),
        [{ device_type: 'board', total: 18, fail_rate: 0.5, infra_rate: 3 / 18, constant_failure: false }],
      );
      assert.equal((await anomalies(runtime, { threshold: '0.51' })).result_anomalies.length, 0);
      const [device, ...others] = (await anomalies(runtime, { scope: 'device', threshold: '1' }))
        .result_anomalies;
      assert.deepEqual(others, []);
      const { last_seen, ...rest } = device ?? {};
      assert.match(String(last_seen), /^20/);
      assert.deepEqual(Object.entries(rest), [
        ['runtime', runtime],
        ['lab', runtime],
        ['device_type', 'board'],
        ['device_id', 'b1'],
        ['total', 3],
        ['pass', 0],
        ['fail', 0],
        ['incomplete', 3],
        ['skip', 0],
        ['infra_error', 3],
        ['infra_rate', 1],
        ['fail_rate', 1],
        ['constant_failure', true],
        ['constant_infra_failure', true],
        ['latest_error_type', null],
        ['latest_error_msg', null],
      ]);
    });

    test('the error is that of the last event, and the window ends where it says', async () => {
      const runtime = uniqueName('lab');
      const failure = { kind: 'job_result', runtime, device_type: 'board', result: 'fail' };
      await send([
        { ...failure, ts: minutesAgo(10), error_type: 'Job', error_msg: 'last' },
        { ...failure, ts: minutesAgo(20), error_type: 'Bug', error_msg: 'first' },
        { ...failure, ts: minutesAgo(119), error_type: 'Bug', error_msg: 'long ago' },
      ]);
      const found = async (window: string) =>
        (await anomalies(runtime, { window, min_total: '1' })).result_anomalies.map((one) => [
          ...[one.total, one.latest_error_type, one.latest_error_msg],
        ]);
      assert.deepEqual(await found('1h'), [[2, 'Job', 'last']]);
      assert.deepEqual(await found('3h'), [[3, 'Job', 'last']]);
      assert.deepEqual(await anomalies(runtime, { window: '1h' }), {
        result_anomalies: [],
        error_anomalies: [],
      });
    });

    test('labs are told of by their errors, of which there have to be some', async () => {
      const runtime = uniqueName('lab');
      await send([
        ...times(3, { kind: 'runtime_error', runtime, error_type: 'submission' }),
        { kind: 'job_skip', runtime, error_type: 'submission' },
        ...times(2, { kind: 'job_skip', runtime }),
        ...times(4, { kind: 'job_submission', runtime, error_type: 'submission' }),
      ]);
      const errors = async (min_total: string) => (await anomalies(runtime, { min_total })).error_anomalies;
      const submission = { runtime, error_type: 'submission', count: 4 };
      assert.deepEqual(await errors('3'), [submission]);
      assert.deepEqual(await errors('2'), [submission, { runtime, error_type: null, count: 2 }]);
      assert.deepEqual(await errors('5'), []);
    });

    test('the worst come first', async () => {
      const runtime = uniqueName('lab');
      const type = (device_type: string, infra: number, failed: number) => [
        ...times(infra, { kind: 'job_result', runtime, device_type, result: 'fail', is_infra_error: true }),
        ...times(failed, { kind: 'job_result', runtime, device_type, result: 'fail' }),
        ...times(4 - infra - failed, { kind: 'job_result', runtime, device_type, result: 'pass' }),
      ];
      await send([...type('a', 0, 2), ...type('b', 2, 1), ...type('c', 3, 0), ...type('d', 0, 3)]);
      const { result_anomalies } = await anomalies(runtime);
      assert.deepEqual(
        result_anomalies.map(({ device_type }) => device_type),
        ['c', 'b', 'd', 'a'],
      );
    });

    test('questions that make no sense are refused', async () => {
      for (const query of ['threshold=-0.1', 'threshold=x', 'min_total=0', 'scope=lab', 'min_total=1.5'])
        assert.equal((await call(server, 'GET', `/latest/telemetry/anomalies?${query}`)).status, 422, query);
      assert.match(await refused('/latest/telemetry/anomalies?window=constructor'), /Invalid window/);
    });
  });
});
