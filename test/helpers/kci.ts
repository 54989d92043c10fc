import { stripVTControlCharacters } from 'node:util';
import pty from '@lydell/node-pty';
import { killAtExit } from './cleanup.ts';
import { KCI_BIN } from './project.ts';
import { type CommandResult, commandEnvironment, type RunOptions, runBin } from './run-command.ts';
import { makeTempFolder } from './temp-folder.ts';

const PROMPT_WITHIN_MS = 30_000;

/** Runs `kci` to its end, with a home folder and a working folder of its own. */
export function runKci(args: string[], options: RunOptions = {}): Promise<CommandResult> {
  return runBin(KCI_BIN, args, options);
}

export interface TtyOptions extends Omit<RunOptions, 'stdin'> {
  /** What to type (Enter is added) when the output after the previous answer matches. */
  answers: [prompt: RegExp, text: string][];
  /** Default: 200. */
  columns?: number;
  /** Leaves control sequences, such as those for colours, in the transcript. */
  keepControls?: boolean;
}

export interface TtyResult {
  code: number;
  /** Everything that the terminal showed, with LF line ends and, unless asked for, without control sequences. */
  transcript: string;
}

/**
 * Runs `kci` on a pseudo terminal and answers its prompts in order.
 * @throws Error with the transcript when a prompt does not come or the command does not end
 */
export function runKciTty(args: string[], options: TtyOptions): Promise<TtyResult> {
  const terminal = pty.spawn(process.execPath, [KCI_BIN, ...args], {
    name: options.env?.TERM ?? 'xterm',
    cols: options.columns ?? 200,
    rows: 50,
    cwd: options.cwd ?? makeTempFolder('cwd'),
    env: commandEnvironment(options),
  });
  const forget = killAtExit(() => terminal.kill('SIGKILL'));
  return new Promise<TtyResult>((resolve, reject) => {
    const waiting = [...options.answers];
    let shown = '';
    let answeredUpTo = 0;
    const plain = (text: string) => stripVTControlCharacters(text).replaceAll(/\r+\n/g, '\n');
    const transcript = () => (options.keepControls ? shown.replaceAll(/\r+\n/g, '\n') : plain(shown));
    const timer = setTimeout(() => {
      terminal.kill('SIGKILL');
      reject(new Error(`kci ${args.join(' ')} waits for ${waiting[0]?.[0] ?? 'its end'}:\n${transcript()}`));
    }, PROMPT_WITHIN_MS);
    terminal.onData((data) => {
      shown += data;
      const next = waiting[0];
      if (next?.[0].test(plain(shown.slice(answeredUpTo))) !== true) return;
      waiting.shift();
      answeredUpTo = shown.length;
      timer.refresh();
      terminal.write(`${next[1]}\r`);
    });
    terminal.onExit(({ exitCode }) => {
      clearTimeout(timer);
      if (waiting.length === 0) resolve({ code: exitCode, transcript: transcript() });
      else
        reject(new Error(`kci ended with ${exitCode} without asking ${waiting[0]?.[0]}:\n${transcript()}`));
    });
  }).finally(forget);
}
