import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { cleanEnvironment } from '../helpers/process-output.ts';
import { makeTestFile, onGivenServer, startRunner } from './runner-process.ts';

/** Runs one test file on the PostgreSQL of the run that we are part of. */
async function runTests(text: string, args: string[] = []) {
  const { output, exited } = startRunner([makeTestFile(text), ...args], onGivenServer());
  const code = await exited;
  return { code, last: output.stdout.trimEnd().split('\n').at(-1), stdout: output.stdout };
}

describe('the runner counts', () => {
  test('by engine, from the names of the suites', async () => {
    const { code, last, stdout } = await runTests(`
      forEachEngine('a', () => { test('one', () => {}); describe('deeper', () => { test('two', () => {}); }); });
      onlyOn('postgres', 'b', () => { test('three', () => {}); });
      test('four', () => {});`);
    assert.match(stdout, /^ +2 tests on SQLite: 2 passed, 0 failed, 0 skipped$/m);
    assert.match(stdout, /^ +3 tests on PostgreSQL: 3 passed, 0 failed, 0 skipped$/m);
    assert.match(stdout, /^ +1 tests independent of the engine: 1 passed, 0 failed, 0 skipped$/m);
    assert.equal(last, '6 passed, 0 failed');
    assert.equal(code, 0);
  });

  test('a failing test, with its message in full', async () => {
    const { code, last, stdout } = await runTests(`
      forEachEngine('a', (engine) => { test('one', () => { throw new Error('broken on ' + engine); }); });`);
    assert.match(stdout, /broken on sqlite[\s\S]*broken on postgres/);
    assert.equal(last, '0 passed, 2 failed');
    assert.equal(code, 1);
  });

  test('only tests whose name fits --name', async () => {
    const { code, last } = await runTests(`test('one', () => {}); test('two', () => {});`, ['--name', 'two']);
    assert.equal(last, '1 passed, 0 failed');
    assert.equal(code, 0);
  });

  test('a skipped test with a reason apart', async () => {
    const { code, last, stdout } = await runTests(`
      test('one', () => {}); test('two', { skip: 'no such thing here' }, () => {});`);
    assert.match(stdout, /2 tests independent of the engine: 1 passed, 0 failed, 1 skipped/);
    assert.equal(last, '1 passed, 0 failed');
    assert.equal(code, 0);
  });
});

describe('the runner refuses', () => {
  const REFUSED: [what: string, text: string, complaint: RegExp, last: string][] = [
    [
      'a skipped test without a reason',
      `describe('a', () => { test('one', { skip: true }, () => {}); test('two', () => {}); });`,
      /^✖ a › one: skipped or todo without a reason$/m,
      '1 passed, 1 failed',
    ],
    [
      'a todo test without a reason',
      `test.todo('one'); test('two', () => {});`,
      /^✖ one: skipped or todo without a reason$/m,
      '1 passed, 1 failed',
    ],
    [
      'a skipped suite without a reason',
      `describe.skip('a', () => { test('one', () => {}); }); test('two', () => {});`,
      /^✖ a: skipped or todo without a reason$/m,
      '1 passed, 1 failed',
    ],
    [
      'a suite that has a test on one engine only',
      `forEachEngine('a', (engine) => { test('one', () => {}); if (engine === 'sqlite') test('two', () => {}); });`,
      /^✖ .*some\.test\.ts: a: 2 tests on SQLite, 1 on PostgreSQL$/m,
      '3 passed, 1 failed',
    ],
    [
      'a file without tests',
      '',
      /^✖ .*some\.test\.ts: has no tests, or ended before they were done$/m,
      '0 passed, 1 failed',
    ],
    [
      'a file that ends in the middle of its tests, as if all were well',
      `test('one', () => {}); test('two', () => { process.exit(0); }); test('three', () => {});`,
      /^✖ .*some\.test\.ts: has no tests, or ended before they were done$/m,
      '0 passed, 1 failed',
    ],
    ['a file that does not load', `import './nowhere.ts';`, /ERR_MODULE_NOT_FOUND/, '0 passed, 1 failed'],
    [
      'a suite that cannot be declared',
      `test('one', () => {}); describe('a', () => { throw new Error('no suite'); });`,
      /no suite/,
      '1 passed, 1 failed',
    ],
    [
      'a suite whose set-up fails',
      `describe('a', () => { before(() => { throw new Error('no set-up'); }); test('one', () => {}); });`,
      /no set-up/,
      '0 passed, 2 failed',
    ],
    [
      'a suite whose tidying up fails',
      `describe('a', () => { after(() => { throw new Error('not tidy'); }); test('one', () => {}); });`,
      /not tidy/,
      '1 passed, 1 failed',
    ],
    [
      'a file whose tidying up fails',
      `after(() => { throw new Error('not tidy'); }); test('one', () => {});`,
      /not tidy/,
      '1 passed, 1 failed',
    ],
    [
      'an error after the end of the tests',
      `test('one', () => { setTimeout(() => { throw new Error('too late'); }, 20); });`,
      /too late/,
      '1 passed, 1 failed',
    ],
    [
      'a file whose process is killed',
      `test('one', () => { process.kill(process.pid, 'SIGKILL'); });`,
      /some\.test\.ts/,
      '0 passed, 1 failed',
    ],
  ];

  for (const [what, text, complaint, expected] of REFUSED) {
    test(what, async () => {
      const { code, last, stdout } = await runTests(text);
      assert.match(stdout, complaint);
      assert.equal(last, expected);
      assert.equal(code, 1);
    });
  }

  test('a path that does not exist', async () => {
    const { output, exited } = startRunner(['test/no-such-folder'], onGivenServer());
    assert.equal(await exited, 2);
    assert.match(output.stderr, /no such test file or folder: test\/no-such-folder/);
    assert.equal(output.stdout, '0 passed, 1 failed\n');
  });

  test('a PostgreSQL that does not answer', async () => {
    const env = { ...cleanEnvironment(), TEST_DATABASE_URL: 'postgres://nobody@127.0.0.1:1/postgres' };
    const { output, exited } = startRunner([makeTestFile(`test('one', () => {});`)], env);
    assert.equal(await exited, 2);
    assert.match(output.stderr, /TEST_DATABASE_URL: .*ECONNREFUSED/);
    assert.equal(output.stdout, '0 passed, 1 failed\n');
  });
});
