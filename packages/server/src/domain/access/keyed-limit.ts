import pLimit, { type LimitFunction } from 'p-limit';

/** Lets so many tasks of one key run at a time; the others of that key wait for their turn. */
export class KeyedLimit {
  readonly #limits = new Map<string, LimitFunction>();
  readonly #concurrency: number;

  constructor(concurrency: number) {
    this.#concurrency = concurrency;
  }

  async run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const limit = this.#limits.get(key) ?? pLimit(this.#concurrency);
    this.#limits.set(key, limit);
    try {
      return await limit(task);
    } finally {
      if (limit.activeCount === 0 && limit.pendingCount === 0) this.#limits.delete(key);
    }
  }
}
