import type { Readable } from 'node:stream';
import { KciError } from '../errors.ts';
import type { Prompter } from './prompter.ts';

const LINE_MAX = 64 * 1024;
const NEWLINE = 0x0a;

/** Takes each answer from a line of a pipe or file, without printing prompts. */
export class LinePrompter implements Prompter {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);
  #ended = false;

  constructor(input: Readable) {
    this.#chunks = input[Symbol.asyncIterator]();
  }

  text(prompt: string): Promise<string> {
    return this.#line(prompt.replace(/[\s:]+$/, ''));
  }

  secret(prompt: string): Promise<string> {
    return this.text(prompt);
  }

  close(): void {
    void this.#chunks.return?.();
  }

  async #line(wanted: string): Promise<string> {
    for (;;) {
      const end = this.#rest.indexOf(NEWLINE);
      if (end > LINE_MAX || (end === -1 && this.#rest.length > LINE_MAX)) {
        throw new KciError(`the line for '${wanted}' on standard input is longer than ${LINE_MAX} bytes`);
      }
      if (end !== -1) return this.#take(end, end + 1, wanted);
      if (this.#ended && this.#rest.length > 0)
        return this.#take(this.#rest.length, this.#rest.length, wanted);
      if (this.#ended) {
        throw new KciError(
          `standard input ends before the line for '${wanted}'`,
          'from a pipe, every answer is read from a line of its own, in the order of the prompts',
        );
      }
      await this.#more();
    }
  }

  #take(end: number, next: number, wanted: string): string {
    const line = this.#rest.subarray(0, end);
    this.#rest = this.#rest.subarray(next);
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line).replace(/\r$/, '');
    } catch {
      throw new KciError(`the line for '${wanted}' on standard input is not UTF-8`);
    }
  }

  async #more(): Promise<void> {
    const { done, value } = await this.#chunks.next();
    if (done === true) this.#ended = true;
    else this.#rest = Buffer.concat([this.#rest, value]);
  }
}
