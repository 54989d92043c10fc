import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { adminToken } from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { uniqueName } from '../helpers/kci-workspace.ts';
import { type ApiNode, checkout, createNode, REVISION } from '../helpers/nodes.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { type KciDev, kciDev } from './kci-dev.ts';

const UNKNOWN = '61bda8f2eb1a63d2b7152499';

/** As Python's json.dumps writes it with sort_keys and indent=4. */
function sortedJson(value: unknown): string {
  const sorted = (_: string, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one;
  return `${JSON.stringify(value, sorted, 4)}\n`;
}

forEachEngine('kci-dev maestro results', (engine) => {
  let server: TestServer;
  let token: string;
  let run: KciDev;
  let group: string;
  let nodes: ApiNode[];

  before(async () => {
    server = await startServer({ engine });
    token = await adminToken(server);
    // With the slash that its own settings files have.
    run = kciDev({ api: `${server.url}/` });
    group = uniqueName('group');
    nodes = [];
    for (let n = 0; n < 60; n++) {
      const data = {
        kernel_revision: { ...REVISION, tree: n % 3 === 0 ? 'mainline' : 'next' },
        platform: `p${n % 2}`,
      };
      const name = n % 2 === 0 ? `baseline-${n}` : `kselftest-${n}`;
      const body = { kind: 'job', name, path: [name], group, data, state: n % 4 === 0 ? 'done' : 'running' };
      nodes.push(await createNode(server, token, body));
    }
  });

  async function ok(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await run('maestro', 'results', ...args);
    assert.deepEqual([code, stderr], [0, ''], stdout);
    return stdout;
  }
  const found = async (...args: string[]) =>
    JSON.parse(await ok('--nodes', '--filter', `group=${group}`, ...args)) as ApiNode[];
  const numbers = async (...args: string[]) =>
    (await found(...args, '--field', 'name')).map(({ name }) => Number(name.split('-')[1]));

  describe('--nodeid', () => {
    test('prints the node', async () => {
      const node = await createNode(
        server,
        token,
        checkout({ artifacts: { log: 'https://example.org/log.gz' } }),
      );
      assert.equal(await ok('--nodeid', node.id), sortedJson([node]));
    });

    test('prints some of its fields', async () => {
      const [node] = nodes as [ApiNode];
      const printed = await ok(
        '--nodeid',
        node.id,
        '--field',
        'state',
        '--field',
        'id',
        '--field',
        'nothing',
      );
      assert.equal(printed, sortedJson([{ id: node.id, nothing: null, state: 'done' }]));
    });

    test('ends with 1 when there is none, and with 2 for what is no id', async () => {
      const missing = await run('maestro', 'results', '--nodeid', UNKNOWN);
      assert.deepEqual([missing.code, missing.stdout], [1, '']);
      assert.match(missing.stderr, new RegExp(`Error: Node ${UNKNOWN} not found`));
      const wrong = await run('maestro', 'results', '--nodeid', 'xyz');
      assert.deepEqual([wrong.code, wrong.stdout], [2, '']);
      assert.match(wrong.stderr, /API response error code: 400: \{'detail': .*'xyz' is not a valid ObjectId/);
    });
  });

  describe('--nodes', () => {
    const upTo = (count: number, from = 0) => Array.from({ length: count }, (_, n) => from + n);

    test('prints fifty, the oldest first', async () => {
      assert.equal(await ok('--nodes', '--filter', `group=${group}`), sortedJson(nodes.slice(0, 50)));
      assert.deepEqual(await numbers(), upTo(50));
    });

    test('pages', async () => {
      assert.deepEqual(await numbers('--limit', '3'), [0, 1, 2]);
      assert.deepEqual(await numbers('--limit', '3', '--offset', '58'), [58, 59]);
      assert.deepEqual(await numbers('--offset', '60'), []);
      assert.deepEqual(await numbers('--no-paginate'), upTo(60));
    });

    test('filters', async () => {
      const even = upTo(30).map((n) => 2 * n);
      const CASES: [args: string[], expected: number[]][] = [
        [['--filter', 'state=done'], upTo(15).map((n) => 4 * n)],
        [['--filter', 'state__ne=running'], upTo(15).map((n) => 4 * n)],
        [['--filter', 'name__re=^baseline'], even],
        [['--filter', 'data.platform=p0', '--filter', 'kind=job'], even],
        [
          ['--filter', 'name__in=baseline-4,kselftest-7'],
          [4, 7],
        ],
        [
          ['--filter', 'result=null', '--limit', '2'],
          [0, 1],
        ],
        [
          ['--filter', 'processed_by_kcidb_bridge=False', '--limit', '2'],
          [0, 1],
        ],
        [['--tree', 'mainline'], upTo(20).map((n) => 3 * n)],
        [['--tree', 'nothing'], []],
        [['--filter', `id=${nodes[7]?.id}`], [7]],
      ];
      for (const [args, expected] of CASES)
        assert.deepEqual(await numbers(...args), expected, args.join(' '));
    });

    test('takes dates in every form', async () => {
      const day = (days: number) => new Date(Date.now() + days * 24 * 3600 * 1000).toISOString();
      const dates = (date: string) => [date.slice(0, 10), date.slice(0, 19), date.slice(0, -1), date];
      for (const [yesterday, tomorrow] of dates(day(-1)).map(
        (date, at) => [date, dates(day(1))[at]] as const,
      )) {
        assert.equal(
          (await numbers('--no-paginate', '--start-date', yesterday, '--end-date', tomorrow ?? '')).length,
          60,
        );
        assert.deepEqual(await numbers('--end-date', yesterday), []);
        assert.deepEqual(await numbers('--start-date', tomorrow ?? ''), []);
      }
      const { created } = nodes[0] as ApiNode;
      assert.equal((await numbers('--start-date', created.replace('T', ' '), '--limit', '1'))[0], 0);
    });

    test('counts', async () => {
      const args = ['--nodes', '--count', '--filter', `group=${group}`];
      assert.equal(await ok(...args), '50\n');
      assert.equal(await ok(...args, '--no-paginate'), '60\n');
      assert.equal(await ok(...args, '--tree', 'mainline'), '20\n');
    });

    test('ends with 2 and the reason when the API refuses', async () => {
      for (const filter of ['name__re=(', 'kind__foo=x', 'parent=xyz']) {
        const { code, stdout, stderr } = await run('maestro', 'results', '--nodes', '--filter', filter);
        assert.deepEqual([code, stdout], [2, ''], filter);
        assert.match(stderr, /API response error code: 4\d\d: \{'detail': /);
      }
    });
  });

  test('an API that is not there ends with 2', async () => {
    const { code, stdout } = await kciDev({ api: 'http://127.0.0.1:9/' })('maestro', 'results', '--nodes');
    assert.deepEqual([code, stdout], [2, '']);
  });
});
