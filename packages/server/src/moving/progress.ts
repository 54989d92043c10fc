import { SECOND } from '@kernelci/model';

const BAR_WIDTH = 30;
const REDRAW_MS = 100;
const LINE_MS = 5 * SECOND;

export interface ProgressStream {
  isTTY?: boolean;
  write(text: string): unknown;
}

const percent = (part: number): string => `${Math.floor(part * 100)}`.padStart(3);

/** Shows how far a long work is: a bar on a terminal, a line now and then elsewhere. */
export class Progress {
  readonly #stream: ProgressStream;
  #what = '';
  #total = 0;
  #since = 0;
  #shown = 0;

  constructor(stream: ProgressStream) {
    this.#stream = stream;
  }

  /** `total` in any unit; 0 when it is not known. */
  begin(what: string, total: number): void {
    this.#what = what;
    this.#total = total;
    this.#since = Date.now();
    this.#shown = this.#since;
  }

  /** So much of the total is done, which was so many things. */
  at(done: number, count: number): void {
    const now = Date.now();
    if (now - this.#shown < (this.#stream.isTTY ? REDRAW_MS : LINE_MS)) return;
    this.#shown = now;
    this.#stream.write(this.#text(done, count, now));
  }

  end(count: number): void {
    this.#stream.write(this.#text(this.#total, count, Date.now()));
    if (this.#stream.isTTY) this.#stream.write('\n');
  }

  #text(done: number, count: number, now: number): string {
    const rate = Math.round((count * SECOND) / Math.max(1, now - this.#since));
    const figures = `${count.toLocaleString('en')}  ${rate.toLocaleString('en')}/s`;
    const { isTTY } = this.#stream;
    if (this.#total === 0)
      return isTTY ? `\r${this.#what.padEnd(20)} ${figures}\x1b[K` : `${this.#what} ${figures}\n`;
    const part = Math.min(1, done / this.#total);
    if (!isTTY) return `${this.#what} ${percent(part)} %  ${figures}\n`;
    const full = Math.round(part * BAR_WIDTH);
    const bar = '█'.repeat(full) + '░'.repeat(BAR_WIDTH - full);
    return `\r${this.#what.padEnd(14)} ${bar} ${percent(part)} %  ${figures}\x1b[K`;
  }
}
