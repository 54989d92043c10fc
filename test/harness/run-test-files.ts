import { once } from 'node:events';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { Tally, type TestEvent } from './tally.ts';

/** Most tests wait for something most of the time. */
const CONCURRENCY = 3;
const TEST_TIMEOUT_MS = 2 * 60_000;
/** Long enough for all but those that are told to go on and on. */
const FILE_TIMEOUT_MS = Number(process.env.KCI_TEST_FILE_MINUTES ?? 15) * 60_000;

/**
 * Runs each file in a process of its own and reports as it goes.
 * @param names patterns of the tests to run; none: all
 */
export async function runTestFiles(files: string[], names: string[], signal: AbortSignal): Promise<Tally> {
  const tally = new Tally(files);
  const reporter = new spec();
  reporter.pipe(process.stdout, { end: false });
  const events: AsyncIterable<TestEvent> = run({
    files,
    concurrency: CONCURRENCY,
    timeout: FILE_TIMEOUT_MS,
    execArgv: [`--test-timeout=${TEST_TIMEOUT_MS}`],
    signal,
    ...(names.length === 0 ? {} : { testNamePatterns: names }),
  });
  for await (const event of events) {
    tally.add(event);
    if (!isNodesOwnCount(event)) reporter.write(event);
  }
  reporter.end();
  await once(reporter, 'end');
  return tally;
}

/** Node counts files and engines alike; the run's own summary takes its place. */
function isNodesOwnCount({ type, data }: TestEvent): boolean {
  return data.file === undefined && (type === 'test:diagnostic' || type === 'test:summary');
}
