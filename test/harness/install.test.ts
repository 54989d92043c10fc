import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { runBin } from '../helpers/run-command.ts';
import { makeSmallProject, writeLock } from './small-project.ts';

const INSTALLS = { code: 0, stdout: 'installed\n', stderr: 'Installing dependencies…\n' };
const FINDS_ALL = { code: 0, stdout: 'installed\n', stderr: '' };

function start(root: string, env: Record<string, string> = {}) {
  return runBin(path.join(root, 'scripts/main.mjs'), [], { env });
}

describe('starting in a clone', () => {
  test('installs what is missing, once', async () => {
    const root = makeSmallProject();
    assert.deepEqual(await start(root), INSTALLS);
    assert.ok(existsSync(path.join(root, 'node_modules/.bin/node')));
    assert.deepEqual(await start(root), FINDS_ALL);
    assert.deepEqual(
      readdirSync(root).filter((name) => name.startsWith('.')),
      [],
    );
  });

  test('installs whatever NODE_ENV says', async () => {
    assert.deepEqual(await start(makeSmallProject(), { NODE_ENV: 'production' }), INSTALLS);
  });

  const STALE: [what: string, change: (root: string) => void][] = [
    ['another version is wanted', (root) => writeLock(root, '1.1.0')],
    ['a package has been removed', (root) => rmSync(path.join(root, 'node_modules/greeting'))],
    ['the command of a workspace is not linked', (root) => rmSync(path.join(root, 'node_modules/.bin/tool'))],
    ['an install was broken off', (root) => rmSync(path.join(root, 'node_modules/.package-lock.json'))],
  ];
  for (const [what, change] of STALE) {
    test(`installs again when ${what}`, async () => {
      const root = makeSmallProject();
      await start(root);
      change(root);
      assert.deepEqual(await start(root), INSTALLS);
      assert.deepEqual(await start(root), FINDS_ALL);
    });
  }

  test('installs once when started several times at once', async () => {
    const root = makeSmallProject();
    const results = await Promise.all([start(root), start(root), start(root)]);
    assert.deepEqual(
      results.map(({ code, stdout }) => [code, stdout]),
      Array(3).fill([0, 'installed\n']),
    );
    assert.equal(results.map(({ stderr }) => stderr).join(''), INSTALLS.stderr);
  });

  test('takes over the lock of a start that was killed', async () => {
    const root = makeSmallProject();
    mkdirSync(path.join(root, '.install-lock'));
    const gone = await runBin('-e', ['process.stdout.write(String(process.pid))']);
    writeFileSync(path.join(root, '.install-lock/pid'), gone.stdout);
    assert.deepEqual(await start(root), INSTALLS);
    assert.equal(existsSync(path.join(root, '.install-lock')), false);
  });

  test('fails with what npm says and what to do', async () => {
    const root = makeSmallProject();
    writeFileSync(
      path.join(root, 'package.json'),
      JSON.stringify({ dependencies: { other: 'file:deps/greeting' } }),
    );
    const { code, stdout, stderr } = await start(root);
    assert.equal(code, 1);
    assert.equal(stdout, '');
    assert.match(
      stderr,
      /^Installing dependencies…\n[\s\S]*npm error[\s\S]*Installing the dependencies failed\. .*`npm ci`/,
    );
    assert.equal(existsSync(path.join(root, '.install-lock')), false);
  });

  test('says so when there is no npm', async () => {
    const { code, stderr } = await start(makeSmallProject(), { PATH: '/nonexistent' });
    assert.equal(code, 1);
    assert.match(stderr, /npm does not start: .*ENOENT/);
  });
});
