import { type ChildProcess, spawn } from 'node:child_process';
import { killAtExit } from './cleanup.ts';
import { collectOutput, exitOf, type ProcessOutput } from './process-output.ts';
import { API_BIN } from './project.ts';

const READY = /^KernelCI API ready on (http:\/\/\S+)$/m;
const READY_WITHIN_MS = 60_000;

export interface ServerProcess {
  child: ChildProcess;
  url: string;
  output: ProcessOutput;
  /** Settles with the exit code when the process has ended. */
  exited: Promise<number | null>;
}

/**
 * Starts `kernelci-api serve` and waits until it says that it is ready.
 * @throws Error with everything the server printed when it ends or stays silent instead
 */
export async function startServerProcess(
  env: Record<string, string>,
  cwd: string,
  bin: string = API_BIN,
): Promise<ServerProcess> {
  const child = spawn(process.execPath, [bin, 'serve'], { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const forget = killAtExit(() => child.kill('SIGKILL'));
  const output = collectOutput(child);
  const exited = exitOf(child);
  exited.then(forget, forget);
  const url = await readyUrl(child, output, exited);
  return { child, url, output, exited };
}

function readyUrl(
  child: ChildProcess,
  output: ProcessOutput,
  exited: Promise<number | null>,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (what: string) => reject(new Error(`${what}\n${output.stdout}${output.stderr}`));
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail(`kernelci-api serve is not ready after ${READY_WITHIN_MS} ms`);
    }, READY_WITHIN_MS);
    exited.then((code) => fail(`kernelci-api serve ended with ${code} before it was ready`), reject);
    exited.finally(() => clearTimeout(timer)).catch(() => undefined);
    child.stdout?.on('data', () => {
      const url = READY.exec(output.stdout)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    });
  });
}
