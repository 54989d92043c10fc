import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { killAtExit } from '../helpers/cleanup.ts';
import { cleanEnvironment, collectOutput, exitOf } from '../helpers/process-output.ts';
import { PROJECT_ROOT } from '../helpers/project.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

const RUNNER = path.join(PROJECT_ROOT, 'scripts/test.mjs');
const HELPERS = path.join(PROJECT_ROOT, 'test/helpers');
const PREAMBLE = `import { after, before, describe, test } from 'node:test';
import { forEachEngine, onlyOn } from '${HELPERS}/engines.ts';
`;
const SERVER_HELPER = `import { startServer } from '${HELPERS}/server.ts';
`;

/** The environment of a run on the PostgreSQL of the run that we are part of. */
export function onGivenServer(): Record<string, string> {
  return { ...cleanEnvironment(), TEST_DATABASE_URL: process.env.TEST_DATABASE_URL ?? '' };
}

/** A test file outside the project with these tests. */
export function makeTestFile(text: string): string {
  const file = path.join(makeTempFolder('fixture'), 'some.test.ts');
  writeFileSync(file, PREAMBLE + (text.includes('startServer') ? SERVER_HELPER : '') + text);
  return file;
}

/** Starts a test runner below the one that we are part of. */
export function startRunner(args: string[], env: Record<string, string>) {
  const child = spawn(process.execPath, [RUNNER, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const forget = killAtExit(() => child.kill('SIGKILL'));
  const output = collectOutput(child);
  return { child, output, exited: exitOf(child).finally(forget) };
}
