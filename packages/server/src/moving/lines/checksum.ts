import { createHash } from 'node:crypto';
import type { BulkRow } from '../../store/dialect/dialect.ts';

const DIGITS = 32;
const MODULUS = 1n << 128n;

/** How many rows a table has, and a sum over them that does not depend on their order. */
export interface TableSum {
  rows: number;
  sum: string;
}

export class Checksum {
  #rows = 0;
  #sum = 0n;

  /** `text` is the row as JSON. */
  add(text: string): void {
    this.#rows += 1;
    const digest = createHash('sha256').update(text).digest('hex').slice(0, DIGITS);
    this.#sum = (this.#sum + BigInt(`0x${digest}`)) % MODULUS;
  }

  get value(): TableSum {
    return { rows: this.#rows, sum: this.#sum.toString(16).padStart(DIGITS, '0') };
  }
}

export const rowText = (row: BulkRow): string => JSON.stringify(row);
