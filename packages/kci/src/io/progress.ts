const SECOND = 1000;
const FIRST_AFTER = SECOND;
const EVERY = SECOND / 4;

/** Tells on a terminal how far a fetch is that takes long; elsewhere nothing. */
export class Progress {
  readonly #what: string;
  readonly #begun = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #count = 0;
  #total: number | undefined;
  #width = 0;

  /** @param what what is fetched, such as `nodes` */
  constructor(what: string) {
    this.#what = what;
    if (!process.stderr.isTTY) return;
    this.#timer = setTimeout(() => {
      this.#show();
      this.#timer = setInterval(() => this.#show(), EVERY).unref();
    }, FIRST_AFTER).unref();
  }

  /** So many are expected, about. */
  expect(total: number): void {
    this.#total = total;
  }

  add(count: number): void {
    this.#count += count;
  }

  /** Wipes what was told. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#width > 0) process.stderr.write(`\r${' '.repeat(this.#width)}\r`);
    this.#width = 0;
  }

  #show(): void {
    const seconds = Math.round((performance.now() - this.#begun) / SECOND);
    const of = this.#total === undefined || this.#total <= this.#count ? '' : ` of ${number(this.#total)}`;
    const line = `${number(this.#count)}${of} ${this.#what}, ${seconds} s`;
    process.stderr.write(`\r${line.padEnd(this.#width)}`);
    this.#width = line.length;
  }
}

function number(value: number): string {
  return value.toLocaleString('en');
}
