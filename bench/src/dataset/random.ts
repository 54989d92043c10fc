const WARM_UP = 12;
const TWO_32 = 0x1_0000_0000;

/** A small, fast, seeded source of numbers (sfc32): the same seeds give the same numbers on every machine. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(...seeds: number[]) {
    const [a = 0, b = 0, c = 0] = seeds;
    this.#a = a | 0;
    this.#b = b | 0;
    this.#c = c | 0;
    for (let i = 0; i < WARM_UP; i += 1) this.#next();
  }

  #next(): number {
    const result = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (this.#c << 21) | (this.#c >>> 11);
    this.#c = (this.#c + result) | 0;
    return result >>> 0;
  }

  /** From 0 up to but not including 1. */
  fraction(): number {
    return this.#next() / TWO_32;
  }

  between(low: number, high: number): number {
    return low + this.fraction() * (high - low);
  }

  /** A whole number from 0 up to but not including `limit`. */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit);
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  /** Waiting times between things that happen independently of each other. */
  gap(mean: number): number {
    return -Math.log(1 - this.fraction()) * mean;
  }

  /** Between the two, small values as likely as large ones are rare. */
  logBetween(low: number, high: number): number {
    return low * (high / low) ** this.fraction();
  }

  hex(digits: number): string {
    let text = '';
    while (text.length < digits) text += this.#next().toString(16).padStart(8, '0');
    return text.slice(0, digits);
  }
}

/** Picks items of a list whose first are the most frequent, as is the way of names in the world (Zipf's law). */
export class Popular<T> {
  readonly #items: readonly T[];
  readonly #sums: number[] = [];

  constructor(items: readonly T[], exponent: number) {
    this.#items = items;
    let sum = 0;
    for (let rank = 1; rank <= items.length; rank += 1) {
      sum += rank ** -exponent;
      this.#sums.push(sum);
    }
  }

  pick(random: Random): T {
    const at = random.fraction() * (this.#sums.at(-1) ?? 0);
    let low = 0;
    let high = this.#sums.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#sums[middle] as number) > at) high = middle;
      else low = middle + 1;
    }
    return this.#items[low] as T;
  }
}

/** Picks one of the values by their shares, which need not add up to 1. */
export class Shares<T> {
  readonly #entries: Array<readonly [T, number]>;
  readonly #sum: number;

  constructor(entries: ReadonlyArray<readonly [T, number]>) {
    this.#entries = [...entries];
    this.#sum = entries.reduce((sum, [, share]) => sum + share, 0);
  }

  pick(random: Random): T {
    let at = random.fraction() * this.#sum;
    for (const [value, share] of this.#entries) {
      at -= share;
      if (at < 0) return value;
    }
    return (this.#entries.at(-1) as readonly [T, number])[0];
  }
}
