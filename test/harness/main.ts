import { rmSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { provideDatabase } from './database.ts';
import { makeRunFolder } from './run-folder.ts';
import { runTestFiles } from './run-test-files.ts';
import { summarize } from './summary.ts';
import { selectTestFiles } from './test-files.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const SIGNALS: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

class Interruption extends Error {
  readonly exitCode: number;

  constructor(signal: NodeJS.Signals) {
    super(`interrupted by ${signal}`);
    this.exitCode = 128 + constants.signals[signal];
  }
}

/**
 * Runs the tests in the files and folders that `argv` names, or all; `--name PATTERN` picks tests by name.
 * @returns the exit code: 0 when all passed, 1 when not, 2 when none could be run, 128 + n after a signal
 */
export async function run(argv: string[]): Promise<number> {
  const interruption = new AbortController();
  for (const signal of SIGNALS) process.on(signal, () => interruption.abort(new Interruption(signal)));
  try {
    const { text, ok } = await runOnDatabase(argv, interruption.signal);
    process.stdout.write(text);
    const { reason } = interruption.signal;
    if (reason instanceof Interruption) return reason.exitCode;
    return ok ? 0 : 1;
  } catch (error) {
    process.stderr.write(`npm test: ${error instanceof Error ? error.message : error}\n`);
    process.stdout.write('0 passed, 1 failed\n');
    return 2;
  }
}

async function runOnDatabase(
  argv: string[],
  interruption: AbortSignal,
): Promise<ReturnType<typeof summarize>> {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: { name: { type: 'string', multiple: true, default: [] } },
  });
  const aimedAtServer = (process.env.KCI_TEST_URL ?? '') !== '';
  const files = selectTestFiles(ROOT, positionals, aimedAtServer);
  const folder = makeRunFolder();
  const database = aimedAtServer ? undefined : await provideDatabase(folder.path);
  try {
    process.env.TMPDIR = folder.temp;
    // Each file is a process of its own, which need not compile the helpers anew.
    process.env.NODE_COMPILE_CACHE ??= path.join(ROOT, 'node_modules/.cache/node-compile');
    if (database !== undefined) {
      process.env.TEST_DATABASE_URL = database.url;
      process.env.KCI_TEST_DATABASE_PREFIX = database.prefix;
      process.stdout.write(`Tests on SQLite and on ${database.description}\n\n`);
    }
    const tally = await runTestFiles(files, values.name, interruption);
    return summarize(tally, interruption.aborted ? [interruption.reason.message] : []);
  } finally {
    await database?.stop();
    rmSync(folder.path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}
