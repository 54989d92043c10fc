import { constants } from 'node:os';
import { after } from 'node:test';

type Cleanup = () => Promise<unknown> | unknown;

const atEnd: Cleanup[] = [];
const atExit = new Set<() => void>();

/** Runs `cleanup` when the test file has ended, whatever its tests did; the latest registered runs first. */
export function cleanUpAfterFile(cleanup: Cleanup): void {
  atEnd.push(cleanup);
}

/**
 * Runs `kill`, which must be synchronous, when the test process exits without having cleaned up.
 * @returns a function that takes it back
 */
export function killAtExit(kill: () => void): () => void {
  atExit.add(kill);
  return () => atExit.delete(kill);
}

after(async () => {
  const failures: unknown[] = [];
  for (let cleanup = atEnd.pop(); cleanup !== undefined; cleanup = atEnd.pop()) {
    await Promise.resolve(cleanup()).catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw new AggregateError(failures, 'cleaning up failed');
});

process.on('exit', () => {
  for (const kill of atExit) kill();
});

// A signal alone would end the process without its exit handlers.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => process.exit(128 + constants.signals[signal]));
}

// A killed runner cannot tell its test processes to end; they would go on, and so would their servers.
const runner = process.ppid;
setInterval(() => {
  if (process.ppid !== runner) process.exit(1);
}, 500).unref();
