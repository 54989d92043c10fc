import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { KciError } from '../errors.ts';
import type { PagerCommand } from '../settings/pager.ts';

/** What a shell says about a program that is not there, or is none. */
const CANNOT_RUN = new Set([126, 127]);

/** Shows text in a pager until it is left, also when the text has not come to its end by then. */
export async function showInPager(pager: PagerCommand, chunks: AsyncIterable<string>): Promise<void> {
  const giveBack = leaveInterruptToPager();
  try {
    const child = spawn(pager.command, {
      shell: true,
      stdio: ['pipe', 'inherit', 'inherit'],
      env: pager.variables,
    });
    const ended = endOf(child);
    await feed(child, chunks, ended).finally(async () => {
      child.stdin?.end();
      await ended;
    });
    if (CANNOT_RUN.has(await ended)) {
      throw new KciError(
        `the pager '${pager.command}' cannot be run`,
        'set PAGER to another; PAGER=cat: none',
      );
    }
  } finally {
    giveBack();
  }
}

function endOf(child: ChildProcess): Promise<number> {
  return once(child, 'close').then(
    ([code]) => (typeof code === 'number' ? code : 0),
    () => 127,
  );
}

async function feed(
  child: ChildProcess,
  chunks: AsyncIterable<string>,
  ended: Promise<number>,
): Promise<void> {
  const left = ended.then(() => ({ done: true, value: undefined }) as const);
  const { stdin } = child;
  // Who leaves the pager early breaks the pipe, which is no fault.
  stdin?.on('error', () => undefined);
  const rest = chunks[Symbol.asyncIterator]();
  for (;;) {
    const { done, value } = await Promise.race([rest.next(), left]);
    if (done === true) break;
    if (stdin?.write(value) === false)
      await Promise.race([once(stdin, 'drain').catch(() => undefined), ended]);
  }
  // An answer that nobody waits for any more would keep kci alive.
  if (child.exitCode !== null && !CANNOT_RUN.has(child.exitCode)) process.exit(0);
}

/** Ctrl-C is a key of the pager, such as to leave a search; to end kci would take the terminal away from it. */
function leaveInterruptToPager(): () => void {
  const listeners = process.rawListeners('SIGINT') as NodeJS.SignalsListener[];
  const ignore = () => undefined;
  process.removeAllListeners('SIGINT').on('SIGINT', ignore);
  return () => {
    process.off('SIGINT', ignore);
    for (const listener of listeners) process.on('SIGINT', listener);
  };
}
