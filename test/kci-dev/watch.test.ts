import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { adminToken } from '../helpers/accounts.ts';
import { onOneEngine } from '../helpers/engines.ts';
import { eventually } from '../helpers/eventually.ts';
import { call } from '../helpers/http.ts';
import { uniqueName } from '../helpers/kci-workspace.ts';
import { type ApiNode, createNode, REVISION } from '../helpers/nodes.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { type KciDev, kciDev } from './kci-dev.ts';
import { type Neighbour, startNeighbour } from './neighbours.ts';

onOneEngine(
  'kci-dev watches',
  (engine) => {
    let server: TestServer;
    let token: string;
    let run: KciDev;
    let pipeline: Neighbour;
    /** What the pipeline made. */
    const made: ApiNode[] = [];

    before(async () => {
      server = await startServer({ engine });
      token = await adminToken(server);
      pipeline = await startNeighbour(async ({ path }) => {
        const kinds: Record<string, string> = { '/api/checkout': 'checkout', '/api/patchset': 'patchset' };
        const name = kinds[path];
        if (name === undefined) return undefined;
        const { root, treeid } = await makeTree({ root: name, jobResult: 'pass', testResult: 'fail' });
        made.push(root);
        return { message: 'OK', node: { ...root, treeid } };
      });
      run = kciDev({ api: server.url, pipeline: pipeline.url, token });
    });

    interface Tree {
      root?: string;
      jobState?: string;
      jobResult: string | null;
      testResult: string | null;
    }

    /** A checkout, or patchset, with a job and its test. */
    async function makeTree({ root: name = 'checkout', jobState = 'done', jobResult, testResult }: Tree) {
      const treeid = uniqueName('tree');
      const data = { kernel_revision: REVISION };
      const node = (kind: string, its: string, extra: object) =>
        createNode(server, token, { kind, name: its, path: [its], treeid, data, ...extra });
      const root = await node('checkout', name, { state: 'done', result: 'pass' });
      const job = await node('job', 'baseline-x86', { parent: root.id, state: jobState, result: jobResult });
      const login = await node('test', 'login', { parent: job.id, state: jobState, result: testResult });
      return { root, job, login, treeid };
    }

    const line = ({ kind, name, id, updated }: ApiNode, verdict: string) =>
      kind === 'checkout'
        ? `${verdict} branch checkout - node_id:${id} (${updated})`
        : `${verdict} ${kind}: ${name} - node_id:${id} (${updated})`;

    describe('a tree that is complete', () => {
      const watch = (tree: { root: ApiNode }, ...args: string[]) =>
        run('watch', '--nodeid', tree.root.id, '--job-filter', 'baseline-x86', ...args);

      test('and prints what came of it', async () => {
        const tree = await makeTree({ jobResult: 'pass', testResult: 'pass' });
        const { code, stdout, stderr } = await watch(tree);
        assert.equal(code, 0, stderr);
        assert.deepEqual(stdout.split('\n').slice(0, -1), [line(tree.root, 'PASS'), line(tree.job, 'PASS')]);
        assert.match(stderr, /^job_filter: baseline-x86, checkout\n/);
      });

      test('and ends with a code for the result of a test', async () => {
        const CASES: [tree: Tree, code: number, job: string | undefined][] = [
          [{ jobResult: 'pass', testResult: 'pass' }, 0, 'PASS'],
          [{ jobResult: 'fail', testResult: 'fail' }, 1, 'FAIL'],
          [{ jobResult: 'incomplete', testResult: null }, 2, undefined],
        ];
        for (const [spec, expected, verdict] of CASES) {
          const tree = await makeTree(spec);
          const { code, stdout, stderr } = await watch(tree, '--test', 'login');
          assert.equal(code, expected, stdout + stderr);
          if (verdict !== undefined) assert.ok(stdout.includes(line(tree.job, verdict)), stdout);
          else assert.match(stderr, /Job baseline-x86 failed, test can't be executed/);
        }
      });

      test('but not one that is not there', async () => {
        const { code, stdout } = await run(
          'watch',
          '--nodeid',
          '61bda8f2eb1a63d2b7152499',
          '--job-filter',
          'x',
        );
        assert.deepEqual([code, stdout], [1, '']);
      });
    });

    test('a tree while it is at work', async () => {
      const tree = await makeTree({ jobState: 'running', jobResult: null, testResult: null });
      const watching = run(
        'watch',
        '--nodeid',
        tree.root.id,
        '--job-filter',
        'baseline-x86',
        '--test',
        'login',
      );
      // It asks every half a minute. When it has asked for the first time, the job ends.
      await eventually('the watch has begun', async () =>
        server.logs().includes(`treeid=${tree.treeid}`) ? true : undefined,
      );
      const end = (id: string, json: object) =>
        call<ApiNode>(server, 'PATCH', `/latest/node/${id}`, { token, json });
      await end(tree.login.id, { state: 'done', result: 'pass' });
      const job = (await end(tree.job.id, { state: 'done', result: 'pass' })).body;
      const { code, stdout, stderr } = await watching;
      assert.equal(code, 0, stdout + stderr);
      assert.ok(stdout.includes('\rRunning job...\n'), JSON.stringify(stdout));
      assert.ok(stdout.includes(line(job, 'PASS')), stdout);
    });

    describe('what it asked the pipeline for', () => {
      const asBare = () => assert.equal(pipeline.asked.at(-1)?.headers.authorization, token);

      test('a checkout', async () => {
        const revision = ['--giturl', REVISION.url, '--branch', REVISION.branch, '--commit', REVISION.commit];
        const { code, stdout, stderr } = await run(
          'checkout',
          ...revision,
          ...['--job-filter', 'baseline-x86', '--watch', '--test', 'login'],
        );
        assert.equal(code, 1, stdout + stderr);
        const root = made.at(-1) as ApiNode;
        assert.ok(stdout.startsWith(`OK\ntreeid: ${root.treeid}\ncheckout_nodeid: ${root.id}\n`), stdout);
        assert.ok(stdout.includes(line(root, 'PASS')), stdout);
        assert.match(stdout, /PASS job: baseline-x86 - node_id:/);
        asBare();
      });

      test('a patchset', async () => {
        const { code, stdout, stderr } = await run(
          'patchset',
          ...['--nodeid', '61bda8f2eb1a63d2b7152499', '--patchurl', 'https://example.org/mbox'],
          ...['--job-filter', 'baseline-x86', '--watch'],
        );
        assert.equal(code, 0, stdout + stderr);
        assert.ok(stdout.includes(`patchset_nodeid: ${made.at(-1)?.id}\n`), stdout);
        assert.match(stdout, /PASS job: baseline-x86 - node_id:/);
        asBare();
      });
    });
  },
  // Reads the server's log.
  { ownProcess: true },
);
