import { spawn } from 'node:child_process';
import { killAtExit } from './cleanup.ts';
import { cleanEnvironment, collectOutput, exitOf } from './process-output.ts';
import { API_BIN } from './project.ts';
import { makeTempFolder } from './temp-folder.ts';

export interface RunOptions {
  /** Default: nothing, a closed pipe. */
  stdin?: string | Uint8Array;
  env?: Record<string, string>;
  /** Default: a fresh temporary folder. */
  cwd?: string;
  /** The user's home folder; default: a fresh temporary folder. */
  home?: string;
}

export interface CommandResult {
  /** Null when a signal ended the process. */
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs one of our commands to its end with pipes for its streams, away from the caller's settings. */
export async function runBin(bin: string, args: string[], options: RunOptions = {}): Promise<CommandResult> {
  const child = spawn(process.execPath, [bin, ...args], {
    env: commandEnvironment(options),
    cwd: options.cwd ?? makeTempFolder('cwd'),
    stdio: 'pipe',
  });
  const forget = killAtExit(() => child.kill('SIGKILL'));
  const output = collectOutput(child);
  // A command that ends without reading its input breaks the pipe, which is no fault.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.stdin ?? '');
  const code = await exitOf(child).finally(forget);
  return { code, ...output };
}

/** Runs `kernelci-api` with any command line, for those that end by themselves. */
export function runApi(args: string[], options: RunOptions = {}): Promise<CommandResult> {
  return runBin(API_BIN, args, options);
}

export function commandEnvironment(options: RunOptions): Record<string, string> {
  return { ...cleanEnvironment(), HOME: options.home ?? makeTempFolder('home'), ...options.env };
}
