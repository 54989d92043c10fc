import type { ChildProcess } from 'node:child_process';

export interface ProcessOutput {
  stdout: string;
  stderr: string;
}

/** Gathers what a child process prints, as UTF-8. */
export function collectOutput(child: ChildProcess): ProcessOutput {
  const output: ProcessOutput = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    output.stdout += chunk;
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    output.stderr += chunk;
  });
  return output;
}

/** Settles when the process has ended and its streams are read: its exit code, null when a signal ended it. */
export function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code));
  });
}

/** The caller's environment without what configures our programs, so that tests do not depend on it. */
export function cleanEnvironment(): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of ['PATH', 'TMPDIR', 'LANG', 'LC_ALL']) {
    const value = process.env[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}
