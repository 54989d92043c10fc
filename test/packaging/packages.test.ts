import assert from 'node:assert/strict';
import { existsSync, globSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { call } from '../helpers/http.ts';
import { cleanEnvironment } from '../helpers/process-output.ts';
import { runBin } from '../helpers/run-command.ts';
import { startServerProcess } from '../helpers/server-process.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';
import { installTarballs, type Manifest, manifestOf, PACKAGES } from './consumer.ts';
import { npm } from './npm.ts';
import { copyWorkTree } from './work-tree-copy.ts';

describe('packed packages', () => {
  let workTree = '';
  let consumer = '';

  const installed = (name: string) => path.join(consumer, 'node_modules/@kernelci', name);

  before(
    async () => {
      workTree = copyWorkTree();
      const tarballs = makeTempFolder('tarballs');
      const workspaces = PACKAGES.flatMap((name) => ['-w', `packages/${name}`]);
      await npm('npm', ['pack', ...workspaces, '--pack-destination', tarballs], workTree);
      consumer = await installTarballs(globSync(path.join(tarballs, '*.tgz')));
    },
    { timeout: 5 * 60_000 },
  );

  for (const name of PACKAGES) {
    test(`${name} holds JavaScript and declarations, no TypeScript to strip`, () => {
      const files = globSync('**/*', { cwd: installed(name), exclude: ['node_modules/**'] });
      assert.deepEqual(
        files.filter((file) => /\.ts$/.test(file) && !file.endsWith('.d.ts')),
        [],
      );
      assert.deepEqual(
        files.filter((file) => /\.test\.|fixture|(^|\/)src(\/|$)/.test(file)),
        [],
      );
      assert.ok(files.includes('LICENSE'));
    });

    test(`${name}: every file that package.json names is there`, () => {
      const manifest = manifestOf(installed(name));
      assert.deepEqual(
        namedFiles(manifest).filter((file) => !existsSync(path.join(installed(name), file))),
        [],
      );
      assert.equal(manifest.scripts, undefined);
    });

    test(`${name}: packing leaves the work tree as it was`, () => {
      const folder = path.join(workTree, 'packages', name);
      assert.ok(namedFiles(manifestOf(folder)).some((file) => file.startsWith('./src/')));
      assert.deepEqual(globSync('{dist,LICENSE,.package.json*}', { cwd: folder }), []);
    });
  }

  for (const [command, name] of [
    ['kci', 'kci'],
    ['kernelci-api', 'server'],
  ] as const) {
    test(`npx ${command} --version`, async () => {
      const { stdout, stderr } = await npm('npx', [command, '--version'], consumer);
      assert.equal(stdout.trim(), manifestOf(installed(name)).version);
      assert.equal(stderr, '');
    });

    test(`npx ${command} --help`, async () => {
      const { stdout } = await npm('npx', [command, '--help'], consumer);
      assert.match(stdout, new RegExp(`\\b${command}\\b`));
    });
  }

  test('the packed server starts, answers and stops', async () => {
    const env = {
      ...cleanEnvironment(),
      KCI_PORT: '0',
      KCI_DATA_DIR: path.join(makeTempFolder('data'), 'data'),
    };
    const bin = path.join(installed('server'), 'bin/kernelci-api.mjs');
    const server = await startServerProcess(env, consumer, bin);
    assert.equal((await call(server, 'GET', '/health')).status, 200);
    assert.equal((await call(server, 'GET', '/latest/count')).text, '0', 'its threads find their module');
    server.child.kill('SIGTERM');
    assert.equal(await server.exited, 0);
  });

  test('model and client can be imported, with their types', async () => {
    writeFileSync(
      path.join(consumer, 'use.ts'),
      [
        "import * as client from '@kernelci/client';",
        "import * as model from '@kernelci/model';",
        'console.log(Object.keys(client).length > 0, Object.keys(model).length > 0);',
        'const wrong: { noSuchMember: number } = client;',
        'console.log(wrong.noSuchMember);',
      ].join('\n'),
    );
    const tsc = path.join(workTree, 'node_modules/typescript/bin/tsc');
    const options = ['--ignoreConfig', '--strict', '--module', 'nodenext', '--target', 'es2024', 'use.ts'];
    const { stdout } = await runBin(tsc, options, { cwd: consumer });
    assert.match(stdout, /^use\.ts\(4,7\): error TS2741/);
    assert.equal(stdout.trim().split('\n').length, 1, stdout);
    const run = await runBin(path.join(consumer, 'use.js'), []);
    assert.deepEqual(run, { code: 0, stdout: 'true true\nundefined\n', stderr: '' });
  });
});

function namedFiles({ exports, bin }: Manifest): string[] {
  const entries = Object.values(exports).flatMap((entry) =>
    typeof entry === 'string' ? [entry] : Object.values(entry),
  );
  return [...entries, ...Object.values(bin ?? {})];
}
