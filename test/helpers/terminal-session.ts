import path from 'node:path';
import pty from '@lydell/node-pty';
import { cleanUpAfterFile, killAtExit } from './cleanup.ts';
import { PROJECT_ROOT } from './project.ts';
import { commandEnvironment } from './run-command.ts';
import { makeTempFolder } from './temp-folder.ts';

const WITHIN_MS = 30_000;
const SHELL_PROMPT = /(?:^|\n)\$ $/;

const CONTROL_KEYS = ['\x03', '\x04'];

/** What to wait for, and what to type then; Enter is added unless it ends with Ctrl-C or Ctrl-D. */
export type Dialog = [prompt: RegExp, answer: string | (() => string | Promise<string>)];

export interface SessionOptions {
  cwd?: string;
  home?: string;
  env?: Record<string, string>;
}

/** A shell on a pseudo terminal, with `kci` in its path, where one types as a person does. */
export class TerminalSession {
  readonly cwd: string;
  readonly #terminal: pty.IPty;
  #shown = '';
  #readUpTo = 0;
  #changed: () => void = () => undefined;

  private constructor(options: SessionOptions) {
    this.cwd = options.cwd ?? makeTempFolder('cwd');
    const env = commandEnvironment({ home: options.home ?? makeTempFolder('home'), env: options.env ?? {} });
    this.#terminal = pty.spawn('bash', ['--norc', '--noprofile', '-i'], {
      name: 'dumb',
      // Wide enough that nothing typed is broken into lines.
      cols: 2000,
      rows: 50,
      cwd: this.cwd,
      env: {
        ...env,
        PATH: `${path.join(PROJECT_ROOT, 'node_modules/.bin')}:${env.PATH}`,
        TERM: 'dumb',
        PS1: '$ ',
        HISTFILE: '',
      },
    });
    const kill = () => this.#terminal.kill('SIGKILL');
    const forget = killAtExit(kill);
    cleanUpAfterFile(() => {
      forget();
      kill();
    });
    this.#terminal.onData((data) => {
      this.#shown += data.replaceAll('\r\n', '\n');
      this.#changed();
    });
  }

  static async open(options: SessionOptions = {}): Promise<TerminalSession> {
    const session = new TerminalSession(options);
    await session.#expect(SHELL_PROMPT);
    return session;
  }

  /** Everything that the terminal has shown. */
  get transcript(): string {
    return this.#shown;
  }

  /**
   * Types a command, answers its prompts in order, and waits until the shell is back.
   * @returns what was shown after the command line
   * @throws Error with the transcript when a prompt does not come
   */
  async run(command: string, ...dialog: Dialog[]): Promise<string> {
    this.#type(command);
    await this.#expect(/\n/);
    const start = this.#readUpTo;
    for (const [prompt, answer] of dialog) {
      await this.#expect(prompt);
      this.#type(typeof answer === 'string' ? answer : await answer());
    }
    await this.#expect(SHELL_PROMPT);
    return this.#shown.slice(start, this.#readUpTo).replace(/\$ $/, '');
  }

  /** The exit status of the last command. */
  async status(): Promise<number> {
    return Number(await this.run('echo $?'));
  }

  #type(line: string): void {
    this.#terminal.write(CONTROL_KEYS.some((key) => line.endsWith(key)) ? line : `${line}\r`);
  }

  /** Waits until what was shown since the last match matches. */
  async #expect(pattern: RegExp): Promise<void> {
    const deadline = Date.now() + WITHIN_MS;
    for (;;) {
      const found = pattern.exec(this.#shown.slice(this.#readUpTo));
      if (found !== null) {
        this.#readUpTo += found.index + found[0].length;
        return;
      }
      const rest = deadline - Date.now();
      if (rest <= 0) throw new Error(`the terminal does not show ${pattern}:\n${this.#shown}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, rest);
        this.#changed = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}
