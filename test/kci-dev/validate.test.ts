import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { adminToken } from '../helpers/accounts.ts';
import { onOneEngine } from '../helpers/engines.ts';
import { type ApiNode, createNode, REVISION } from '../helpers/nodes.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { type KciDev, kciDev } from './kci-dev.ts';
import { startNeighbour } from './neighbours.ts';

interface Report {
  kind: string;
  summary: { checked: number; failed: number; missing: number; status_mismatches: number; ok: boolean };
  results: {
    tree_branch: string;
    commit: string;
    maestro_count: number;
    dashboard_count: number;
    ok: boolean;
    missing_ids: string[];
    status_mismatch_ids: string[];
  }[];
}

/** What the dashboard knows of a node. */
interface Shown {
  id: string;
  status: string;
  log_url: string;
}

const THIS_ONE = ['--giturl', REVISION.url, '--branch', REVISION.branch, '--commit', REVISION.commit];

onOneEngine('kci-dev maestro validate', (engine) => {
  let server: TestServer;
  let token: string;
  let run: KciDev;
  let builds: ApiNode[];
  let boots: ApiNode[];
  const dashboard: { builds: Shown[]; boots: Shown[] } = { builds: [], boots: [] };

  before(async () => {
    server = await startServer({ engine });
    token = await adminToken(server);
    const tree = {
      tree_name: REVISION.tree,
      git_repository_url: REVISION.url,
      git_repository_branch: REVISION.branch,
      git_commit_hash: REVISION.commit,
    };
    const answers: Record<string, () => unknown> = {
      '/api/tree': () => [tree],
      [`/api/tree/${REVISION.commit}/builds`]: () => ({ builds: dashboard.builds }),
      [`/api/tree/${REVISION.commit}/boots`]: () => ({ boots: dashboard.boots }),
    };
    const { url } = await startNeighbour(({ path }) => answers[path]?.());
    run = kciDev({ api: server.url, dashboard: `${url}api/` });

    const build = (name: string, extra: object, data: object = {}) =>
      make('kbuild', name, extra, { arch: 'x86_64', ...data });
    const checkout = await make('checkout', 'checkout', { state: 'done', result: 'pass' });
    const parent = checkout.id;
    builds = [
      await build('kbuild-pass', { state: 'done', result: 'pass', parent }),
      await build('kbuild-fail', { state: 'done', result: 'fail', parent }),
      await build('kbuild-arm', { state: 'available', result: 'pass', parent }, { arch: 'arm64' }),
    ];
    await build('kbuild-running', { parent });
    await build(
      'kbuild-other',
      { state: 'done', result: 'pass' },
      { kernel_revision: { ...REVISION, commit: 'x' } },
    );
    const boot = (name: string, extra: object, data: object = {}) =>
      make('job', name, { state: 'done', ...extra }, { arch: 'x86_64', ...data });
    boots = [
      await boot('baseline-x86', { result: 'pass' }),
      // One that has not passed counts once it is no longer retried.
      await boot(
        'baseline-arm64',
        { result: 'incomplete', retry_counter: 3 },
        { error_code: 'Infrastructure' },
      ),
    ];
    await boot('kselftest', { result: 'pass' });
    await boot('baseline-late', { state: 'running' });
  });

  const make = (kind: string, name: string, extra: object, data: object = {}) =>
    createNode(server, token, {
      kind,
      name,
      path: [name],
      ...extra,
      data: { kernel_revision: REVISION, ...data },
    });
  const shown = (node: ApiNode | undefined, status: string): Shown => ({
    id: `maestro:${node?.id}`,
    status,
    log_url: 'https://storage.example.org/log',
  });

  async function report(...args: string[]): Promise<Report> {
    const { code, stdout, stderr } = await run('maestro', 'validate', ...args, '--json');
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as Report;
  }

  describe('builds', () => {
    test('agree with the dashboard', async () => {
      dashboard.builds = [shown(builds[0], 'PASS'), shown(builds[1], 'FAIL'), shown(builds[2], 'PASS')];
      for (const args of [THIS_ONE, ['--all-checkouts'], ['--history', '--all-checkouts']]) {
        const { kind, summary, results } = await report('builds', ...args);
        assert.deepEqual(
          [kind, summary.ok, results.length, results[0]?.maestro_count, results[0]?.tree_branch],
          ['builds', true, 1, 3, 'mainline/master'],
          args.join(' '),
        );
      }
      const { stdout } = await run('maestro', 'validate', 'builds', ...THIS_ONE);
      assert.match(stdout, /• mainline\/master: ✅\n {2}Commit: 8f5ae30d69d7543eee0d70083daf4de8fe15d585\n/);
    });

    test('are missing there, or have another status', async () => {
      dashboard.builds = [shown(builds[0], 'FAIL'), shown(builds[1], 'FAIL')];
      const { summary, results } = await report('builds', ...THIS_ONE);
      assert.deepEqual([summary.ok, summary.missing, summary.status_mismatches], [false, 1, 1]);
      assert.deepEqual(results[0]?.missing_ids, [builds[2]?.id]);
      assert.deepEqual(results[0]?.status_mismatch_ids, [builds[0]?.id]);
      const list = await run('maestro', 'validate', 'builds', ...THIS_ONE, '--fail-on-mismatch');
      assert.equal(list.code, 1);
      assert.ok(list.stdout.includes(`  - ${server.url}/viewer?node_id=${builds[2]?.id}\n`), list.stdout);
    });

    test('are those of an architecture', async () => {
      dashboard.builds = [shown(builds[2], 'PASS')];
      const { summary, results } = await report('builds', ...THIS_ONE, '--arch', 'arm64');
      assert.deepEqual([summary.ok, results[0]?.maestro_count], [true, 1]);
    });
  });

  describe('boots', () => {
    test('agree with the dashboard', async () => {
      dashboard.boots = [shown(boots[0], 'PASS'), shown(boots[1], 'ERROR')];
      const { kind, summary, results } = await report('boots', ...THIS_ONE);
      assert.deepEqual([kind, summary.ok, results[0]?.maestro_count], ['boots', true, 2]);
    });

    test('do not', async () => {
      dashboard.boots = [shown(boots[0], 'FAIL'), shown(boots[1], 'MISS')];
      const { results } = await report('boots', '--all-checkouts');
      assert.deepEqual(
        results[0]?.status_mismatch_ids,
        boots.map(({ id }) => id),
      );
    });
  });
});
