import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { PROJECT_ROOT } from '../helpers/project.ts';

/** Where each program reads its environment; the server’s main hands it over whole. */
const MAY_READ_ENVIRONMENT = /^packages\/(server\/src\/(config\/|main\.ts$)|kci\/src\/settings\/)/;
const READS_ENVIRONMENT = /process\s*\.\s*env\b|process\s*\[\s*['"]env|\benv\b[^;]*from 'node:process'/;
const FOR_TESTS = /(\.test|-fixture)\.ts$/;

function read(file: string): string {
  return readFileSync(path.join(PROJECT_ROOT, file), 'utf8');
}

describe('source rules', () => {
  test('the environment is read in one place of each program', () => {
    const sources = globSync('packages/*/src/**/*.ts', { cwd: PROJECT_ROOT }).filter(
      (file) => !FOR_TESTS.test(file),
    );
    const readers = sources.filter((file) => READS_ENVIRONMENT.test(read(file)));
    assert.ok(
      readers.some((file) => file.startsWith('packages/server/')),
      'the server reads it somewhere',
    );
    assert.ok(
      readers.some((file) => file.startsWith('packages/kci/')),
      'kci reads it somewhere',
    );
    assert.deepEqual(
      readers.filter((file) => !MAY_READ_ENVIRONMENT.test(file)),
      [],
    );
  });

  test('the launchers of both commands are the same', () => {
    assert.equal(read('packages/kci/bin/launch.mjs'), read('packages/server/bin/launch.mjs'));
  });
});
