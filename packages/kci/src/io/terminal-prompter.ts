import { openSync, writeSync } from 'node:fs';
import { emitKeypressEvents, type Key } from 'node:readline';
import type { ReadStream } from 'node:tty';
import { KciError } from '../errors.ts';
import type { Prompter } from './prompter.ts';

interface Waiting {
  resolve(line: string): void;
  reject(error: Error): void;
}

/**
 * Asks on a terminal. Shown answers are left to the terminal's own line editing; for hidden ones its echo is off,
 * and the few keys that edit a line are handled here. Lines typed or pasted ahead are kept for the next question.
 */
export class TerminalPrompter implements Prompter {
  readonly #input: ReadStream;
  readonly #interrupt: () => void;
  readonly #lines: string[] = [];
  #line = '';
  #ended = false;
  #waiting: Waiting | undefined;

  constructor(input: ReadStream, interrupt: () => void) {
    this.#input = input;
    this.#interrupt = interrupt;
    emitKeypressEvents(input);
    input.on('keypress', this.#onKey).on('end', this.#onEnd);
  }

  text(prompt: string): Promise<string> {
    return this.#ask(prompt);
  }

  async secret(prompt: string): Promise<string> {
    // Before the prompt: what is typed at once must not be shown either.
    this.#input.setRawMode(true);
    try {
      return await this.#ask(prompt);
    } finally {
      this.#input.setRawMode(false);
      show('\n');
    }
  }

  close(): void {
    this.#input.off('keypress', this.#onKey).off('end', this.#onEnd);
    this.#input.pause();
    this.#input.unref();
  }

  #ask(prompt: string): Promise<string> {
    show(prompt);
    const ready = this.#lines.shift();
    if (ready !== undefined) return Promise.resolve(ready);
    if (this.#ended) return Promise.reject(endOfInput());
    this.#input.resume();
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  readonly #onKey = (text: string | undefined, key: Key): void => {
    if (key.name === 'return' || key.name === 'enter') this.#complete();
    else if (key.ctrl === true) this.#control(key.name);
    else if (key.name === 'backspace') this.#line = [...this.#line].slice(0, -1).join('');
    else if (text !== undefined && key.meta !== true && key.name !== 'escape') this.#line += text;
  };

  #control(name: string | undefined): void {
    if (name === 'c') this.#interrupt();
    else if (name === 'u') this.#line = '';
    else if (name === 'h') this.#line = [...this.#line].slice(0, -1).join('');
    else if (name === 'd' && this.#line === '') this.#onEnd();
  }

  #complete(): void {
    const line = this.#line;
    this.#line = '';
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) this.#lines.push(line);
    else waiting.resolve(line);
  }

  readonly #onEnd = (): void => {
    this.#ended = true;
    this.#waiting?.reject(endOfInput());
    this.#waiting = undefined;
  };
}

function endOfInput(): KciError {
  return new KciError('the input ended before it was answered');
}

/** Prompts go to the terminal even when standard error goes elsewhere. */
function show(text: string): void {
  if (process.stderr.isTTY) {
    process.stderr.write(text);
    return;
  }
  try {
    writeSync(openSync('/dev/tty', 'w'), text);
  } catch {
    process.stderr.write(text);
  }
}
