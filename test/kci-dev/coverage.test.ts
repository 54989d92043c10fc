import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { adminToken } from '../helpers/accounts.ts';
import { onOneEngine } from '../helpers/engines.ts';
import { createNode } from '../helpers/nodes.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { type KciDev, kciDev } from './kci-dev.ts';

const URL = 'https://chromium.googlesource.com/chromiumos/third_party/kernel';
const STORAGE = 'https://storage.example.org';

onOneEngine('kci-dev maestro coverage', (engine) => {
  let server: TestServer;
  let token: string;
  let run: KciDev;
  /** What is printed for each branch. */
  const expected = new Map<string, string>();

  before(async () => {
    server = await startServer({ engine });
    token = await adminToken(server);
    run = kciDev({ api: `${server.url}/` });
    await makeBuild('chromeos-6.6', 'a'.repeat(40), 62.5, 48);
    await makeBuild('chromeos-5.15', 'b'.repeat(40), 7, 0.25);
    // Neither passed, nor of that tree, nor with a report: not to be seen.
    await makeBuild('chromeos-6.6', 'c'.repeat(40), 1, 1, { build: { result: 'fail' } });
    await makeBuild('chromeos-6.6', 'd'.repeat(40), 1, 1, { tree: 'mainline' });
    await makeBuild('chromeos-6.6', 'e'.repeat(40), 1, 1, { report: { name: 'something-else' } });
  });

  /** A build with a process that made a report, and the two measurements below that. */
  async function makeBuild(
    branch: string,
    commit: string,
    functions: number,
    lines: number,
    odd: { tree?: string; build?: object; report?: object } = {},
  ) {
    const kernel_revision = { tree: odd.tree ?? 'chromiumos', url: URL, branch, commit };
    const node = (kind: string, name: string, extra: object) =>
      createNode(server, token, { kind, name, path: [name], state: 'done', result: 'pass', ...extra });
    const build = await node('kbuild', 'kbuild-clang-17-x86', { data: { kernel_revision }, ...odd.build });
    const report = await node('process', 'coverage-report-x86', {
      parent: build.id,
      data: { kernel_revision },
      artifacts: { coverage_report: `${STORAGE}/${branch}/report.html`, log: `${STORAGE}/${branch}/log.txt` },
      ...odd.report,
    });
    await node('test', 'coverage.functions', {
      parent: report.id,
      data: { misc: { measurement: functions } },
    });
    await node('test', 'coverage.lines', { parent: report.id, data: { misc: { measurement: lines } } });
    if (Object.keys(odd).length > 0) return;
    expected.set(
      branch,
      [
        `- Tree/branch: chromiumos/${branch}`,
        `  Commit: ${commit}`,
        `  Build: ${server.url}/viewer?node_id=${build.id}`,
        `  Function coverage: ${functions}%`,
        `  Line coverage: ${lines}%`,
        `  Coverage report: ${STORAGE}/${branch}/report.html`,
        `  Coverage logs: ${STORAGE}/${branch}/log.txt`,
        '',
        '',
      ].join('\n'),
    );
  }

  async function printed(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await run('maestro', 'coverage', ...args);
    assert.deepEqual([code, stderr], [0, ''], stdout);
    return stdout;
  }
  const of = (...branches: string[]) => branches.map((branch) => expected.get(branch)).join('');

  test('prints what was measured', async () => {
    assert.equal(await printed(), of('chromeos-6.6', 'chromeos-5.15'));
  });

  test('of a branch, of a commit, since and until a date', async () => {
    assert.equal(await printed('--branch', 'chromeos-5.15'), of('chromeos-5.15'));
    assert.equal(await printed('--commit', 'a'.repeat(40)), of('chromeos-6.6'));
    assert.equal(await printed('--branch', 'chromeos-5.15', '--commit', 'a'.repeat(40)), '');
    assert.equal(await printed('--start-date', '2020-01-01', '--limit', '1'), of('chromeos-6.6'));
    assert.equal(await printed('--end-date', '2020-01-01'), '');
  });
});
