/** How long things took, in milliseconds. */
export class Latencies {
  readonly #values: number[] = [];

  add(ms: number): void {
    this.#values.push(ms);
  }

  addAll(other: Latencies): void {
    for (const ms of other.#values) this.#values.push(ms);
  }

  get count(): number {
    return this.#values.length;
  }

  /** The smallest value that so many of a hundred do not exceed. */
  percentile(percent: number): number {
    const sorted = Float64Array.from(this.#values).sort();
    return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
