import { type ChildProcess, spawn } from 'node:child_process';
import { killAtExit } from './cleanup.ts';
import { eventually } from './eventually.ts';
import type { KciWorkspace } from './kci-workspace.ts';
import { collectOutput, exitOf, type ProcessOutput } from './process-output.ts';
import { KCI_BIN } from './project.ts';
import { commandEnvironment } from './run-command.ts';

/** A `kci` that runs until something happens. */
export interface RunningKci {
  child: ChildProcess;
  output: ProcessOutput;
  exited: Promise<number | null>;
  /** Waits until it has printed this, on either stream. */
  seen(text: string | RegExp): Promise<RegExpMatchArray>;
}

/** Starts `kci` with pipes in a workspace. */
export function startKci({ cwd, home }: KciWorkspace, args: string[]): RunningKci {
  const child = spawn(process.execPath, [KCI_BIN, ...args], {
    cwd,
    env: commandEnvironment({ home }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const forget = killAtExit(() => child.kill('SIGKILL'));
  const output = collectOutput(child);
  return {
    child,
    output,
    exited: exitOf(child).finally(forget),
    seen: (text) =>
      eventually(`kci prints ${text}`, () => (output.stdout + output.stderr).match(text) ?? undefined),
  };
}
