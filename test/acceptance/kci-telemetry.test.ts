import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { adminToken } from '../helpers/accounts.ts';
import { onOneEngine } from '../helpers/engines.ts';
import {
  adminWorkspace,
  anonymousWorkspace,
  type KciWorkspace,
  uniqueName,
} from '../helpers/kci-workspace.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { findTelemetry, minutesAgo, sendTelemetry, type TelemetryEvent } from '../helpers/telemetry.ts';

const linesOf = (text: string) => text.split('\n').slice(0, -1);
const parsed = (text: string) => linesOf(text).map((line) => JSON.parse(line) as TelemetryEvent);
const retries = (events: TelemetryEvent[]) => events.map(({ retry }) => retry);

onOneEngine('kci telemetry', (engine) => {
  let server: TestServer;
  let token: string;
  let kci: KciWorkspace;
  /** Has no token: reading needs none. */
  let reader: KciWorkspace;

  before(async () => {
    server = await startServer({ engine });
    token = await adminToken(server);
    kci = await adminWorkspace(server);
    reader = anonymousWorkspace(server);
  });

  /** Events of a lab that nothing else is in, the first one the youngest, numbered by `retry`. */
  async function makeLab(events: object[]): Promise<string> {
    const runtime = uniqueName('lab');
    await sendTelemetry(
      server,
      token,
      events.map((event, i) => ({ kind: 'job_skip', runtime, ts: minutesAgo(i), retry: i, ...event })),
    );
    return runtime;
  }

  describe('send', () => {
    const count = async (runtime: string) => (await findTelemetry(server, { runtime })).total;

    test('takes an array, one event, or one a line, from a file or from standard input', async () => {
      const runtime = uniqueName('lab');
      const event = (n: number) => JSON.stringify({ kind: 'job_skip', runtime, retry: n });
      kci.write('array.json', `[${event(0)}, ${event(1)}]`);
      assert.deepEqual(await kci.json(['telemetry', 'send', 'array.json']), { inserted: 2 });
      kci.write('one.json', event(2));
      assert.deepEqual(await kci.json(['telemetry', 'send', 'one.json']), { inserted: 1 });
      const lines = `${event(3)}\n\n${event(4)}\n`;
      assert.deepEqual(await kci.json(['telemetry', 'send', '-'], lines), { inserted: 2 });
      assert.equal(await count(runtime), 5);
    });

    test('sends many in batches, and says how far it got when one is refused', async () => {
      const runtime = uniqueName('lab');
      const events = Array.from({ length: 2500 }, (_, retry) => ({ kind: 'job_skip', runtime, retry }));
      const text = (list: object[]) => list.map((event) => `${JSON.stringify(event)}\n`).join('');
      assert.deepEqual(await kci.json(['telemetry', 'send', '-'], text(events)), { inserted: 2500 });
      assert.equal(await count(runtime), 2500);
      const other = uniqueName('lab');
      const broken = events.map((event, i) => ({
        ...event,
        runtime: other,
        ...(i === 1700 && { kind: 'x' }),
      }));
      const { code, stdout, stderr } = await kci.kci(['telemetry', 'send', '-'], text(broken));
      assert.deepEqual([code, stdout], [1, '']);
      assert.match(stderr, /the first 1000 of 2500 events are stored/);
      assert.match(stderr, /HTTP 400 .*Invalid telemetry event: kind: .*\(event 700, /);
      assert.equal(await count(other), 1000);
    });

    test('refuses what holds no events without asking the API', async () => {
      const nowhere = anonymousWorkspace({ url: 'http://127.0.0.1:9' });
      for (const [text, told] of [
        ['', /standard input is empty/],
        ['[]', /standard input has no events/],
        ['[1]', /number 1 is no JSON object/],
        ['{"kind": "job_skip"}\n{"kind"', /line 2/],
      ] as const) {
        const { code, stderr } = await nowhere.kci(['telemetry', 'send', '-'], text);
        assert.equal(code, 1);
        assert.match(stderr, told);
      }
    });

    test('needs a token', async () => {
      const { code, stderr } = await reader.kci(
        ['telemetry', 'send', '-'],
        '{"kind":"job_skip","runtime":"x"}',
      );
      assert.equal(code, 1);
      assert.match(stderr, /HTTP 401 .*\nHint: no token is configured/);
    });
  });

  describe('find', () => {
    test('prints what fits, the newest first, page by page or all of it', async () => {
      const runtime = await makeLab(Array.from({ length: 12 }, () => ({})));
      const find = (...args: string[]) =>
        reader.json<TelemetryEvent[]>(['telemetry', 'find', `runtime=${runtime}`, ...args]);
      assert.deepEqual(retries(await find()), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      assert.deepEqual(retries(await find('-l', '5', '-n', '2')), [10, 11]);
      const all = Array.from({ length: 12 }, (_, i) => i);
      assert.deepEqual(retries(await find('--all')), all);
      assert.deepEqual(retries(await find('--all', '-l', '5')), all);
      assert.deepEqual(retries(await find('retry=3')), []);
    });

    test('--all has each event once, also when many are of one moment', async () => {
      const moment = minutesAgo(5);
      const runtime = await makeLab(Array.from({ length: 11 }, (_, i) => (i < 2 ? {} : { ts: moment })));
      const text = await reader.ok([
        ...['telemetry', 'find', `runtime=${runtime}`, '--all', '-l', '3', '--format', 'jsonl'],
      ]);
      assert.deepEqual(
        retries(parsed(text)),
        Array.from({ length: 11 }, (_, i) => i),
      );
    });

    test('takes times as moments or as so long ago', async () => {
      const runtime = await makeLab([{ ts: minutesAgo(5) }, { ts: minutesAgo(90) }, { ts: minutesAgo(200) }]);
      const find = async (...args: string[]) =>
        retries(await reader.json(['telemetry', 'find', `runtime=${runtime}`, ...args]));
      assert.deepEqual(await find('--since', '1h'), [0]);
      assert.deepEqual(await find('--since', '2h', '--until', '60m'), [1]);
      assert.deepEqual(await find('--until', minutesAgo(100)), [2]);
    });

    test('refuses what cannot be asked', async () => {
      for (const [args, told] of [
        [['kind!=job_skip'], /equal values only/],
        [['kind=a', 'kind=b'], /'kind' is given twice/],
        [['since=1h'], /'since' is set with --since/],
        [['--since', '3000w'], /too long ago/],
        [['--all', '-n', '1'], /--page-number/],
      ] as const) {
        const { code, stderr } = await reader.kci(['telemetry', 'find', ...args]);
        assert.equal(code, 2, stderr);
        assert.match(stderr, told);
      }
      const { code, stderr } = await reader.kci(['telemetry', 'find', '--since', 'soon']);
      assert.equal(code, 1);
      assert.match(stderr, /since: Invalid isoformat string: 'soon'/);
    });

    test('is a table on a terminal', async () => {
      const error = { is_infra_error: true, error_type: 'Infrastructure', error_msg: 'no\npower \u001b[31m' };
      const runtime = await makeLab([
        { kind: 'job_result', device_id: 'rk-1', job_name: 'baseline', result: 'incomplete', ...error },
        { ts: '2026-11-20T10:00:00.5' },
      ]);
      const { transcript } = await reader.tty(['telemetry', 'find', `runtime=${runtime}`]);
      const [title, first, second] = linesOf(transcript).map((line) => line.trim());
      assert.match(title ?? '', /^TIME +KIND +RUNTIME +DEVICE +JOB +TEST +RESULT +INFRA +ERROR$/);
      assert.match(
        first ?? '',
        /job_result +lab-\w+ +rk-1 +baseline +- +incomplete +yes +Infrastructure: no power/,
      );
      assert.match(second ?? '', /^2026-11-20 10:00:00 +job_skip +lab-\w+ +- +- +- +- +- +-$/);
      assert.ok(!transcript.includes('\u001b'));
    });
  });

  describe('stats', () => {
    const EVENTS = [
      { kind: 'job_result', result: 'pass', tree: 'next' },
      { kind: 'job_result', result: 'pass', tree: 'next' },
      { kind: 'job_result', result: 'fail', tree: 'next', is_infra_error: true },
      { kind: 'job_result', result: 'skip' },
    ];

    test('counts by runtime, or by what it is told to', async () => {
      const runtime = await makeLab(EVENTS);
      const stats = (...args: string[]) => reader.json(['telemetry', 'stats', `runtime=${runtime}`, ...args]);
      const none = { pass: 0, fail: 0, incomplete: 0, skip: 0, infra_error: 0 };
      const sum = { ...none, total: 4, pass: 2, fail: 1, skip: 1, infra_error: 1 };
      assert.deepEqual(await stats(), [{ runtime, ...sum }]);
      const trees = [
        { kind: 'job_result', tree: 'next', ...none, total: 3, pass: 2, fail: 1, infra_error: 1 },
        { kind: 'job_result', tree: null, ...none, total: 1, skip: 1 },
      ];
      assert.deepEqual(await stats('--by', 'kind,tree'), trees);
      assert.deepEqual(await stats('--by', 'kind', '--by', 'tree'), trees);
    });

    test('is a table on a terminal, and where one is asked for', async () => {
      const runtime = await makeLab(EVENTS);
      const args = ['telemetry', 'stats', `runtime=${runtime}`, '--by', 'tree,result'];
      const rows = [
        /^TREE +RESULT +TOTAL +PASS +FAIL +INCOMPLETE +SKIP +INFRA ERROR +PASSED$/,
        /^next +pass +2 +2 +0 +0 +0 +0 +100 %$/,
        /^next +fail +1 +0 +1 +0 +0 +1 +0 %$/,
        /^- +skip +1 +0 +0 +0 +1 +0 +-$/,
      ];
      for (const text of [
        await reader.ok([...args, '--format', 'table']),
        (await reader.tty(args)).transcript,
      ]) {
        const lines = linesOf(text).map((line) => line.trim());
        assert.equal(lines.length, rows.length, text);
        for (const [i, row] of rows.entries()) assert.match(lines[i] ?? '', row);
      }
    });

    test('refuses fields that cannot be counted by', async () => {
      const { code, stderr } = await reader.kci(['telemetry', 'stats', '--by', 'color']);
      assert.equal(code, 2);
      assert.match(stderr, /kind, runtime, lab/);
    });
  });

  describe('anomalies', () => {
    test('prints what the API finds: JSON, or tables on a terminal', async () => {
      const board = { kind: 'job_result', device_type: 'board', device_id: 'b-1', result: 'incomplete' };
      const runtime = await makeLab([
        ...Array.from({ length: 3 }, () => ({ ...board, error_type: 'Job', error_msg: 'no boot' })),
        { ...board, result: 'pass' },
        ...Array.from({ length: 5 }, () => ({ kind: 'runtime_error', error_type: 'submission' })),
      ]);
      const args = ['telemetry', 'anomalies', '--scope', 'device', '--window', '1h', '--threshold', '.7'];
      const found = await reader.json<{
        scope: string;
        threshold: number;
        result_anomalies: { runtime: string; total: number }[];
        error_anomalies: { runtime: string; count: number }[];
      }>(args);
      assert.deepEqual([found.scope, found.threshold], ['device', 0.7]);
      assert.equal(found.result_anomalies.find((one) => one.runtime === runtime)?.total, 4);
      assert.equal(found.error_anomalies.find((one) => one.runtime === runtime)?.count, 5);
      const { transcript } = await reader.tty(args);
      const lines = linesOf(transcript).map((line) => line.trim());
      assert.match(
        lines[0] ?? '',
        /^RUNTIME +DEVICE TYPE +DEVICE +TOTAL +FAILED +INFRA +LAST SEEN +LAST ERROR$/,
      );
      const own = lines.filter((line) => line.startsWith(runtime));
      assert.match(own[0] ?? '', /^\S+ +board +b-1 +4 +75 % +0 % +20\S+ \S+ +Job: no boot$/);
      assert.match(own[1] ?? '', /^\S+ +submission +5$/);
      const strict = ['telemetry', 'anomalies', '--min-total', '1000000', '--format', 'table'];
      assert.equal(await reader.ok(strict), 'No anomalies in the last 6h.\n');
    });

    test('refuses a threshold that is no part', async () => {
      for (const threshold of ['1.1', '-1', 'x', '50%']) {
        const { code } = await reader.kci(['telemetry', 'anomalies', `--threshold=${threshold}`]);
        assert.equal(code, 2);
      }
    });
  });
});
