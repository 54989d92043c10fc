import { performance } from 'node:perf_hooks';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { SECOND } from '@kernelci/model';
import type { Database } from '../store/database.ts';
import { StoreUnavailable } from '../store/errors.ts';

/** How long somebody who asks waits for the database. */
const PATIENCE_MS = 3 * SECOND;
/** What was read is good for so long; … */
const FRESH_MS = SECOND;
/** … for so many times what it took, so that whoever asks, however often, takes a small part of the time; … */
const FRESH_TIMES = 10;
/** … and no longer than this. */
const FRESH_MAX_MS = 15 * SECOND;

interface Part {
  read: () => Promise<unknown>;
}

/**
 * Figures that are in the database. Whoever asks for one is answered when all are read, one after the other: they take
 * one connection, and all who ask at the same time share what was read. One that cannot be read is undefined; without
 * a database, or when it takes too long, all are.
 */
export class DatabaseReadings {
  readonly #db: Database;
  readonly #onError: (error: unknown) => void;
  readonly #parts: Part[] = [];
  #values = new Map<Part, unknown>();
  #freshUntil = 0;
  #reading: Promise<void> | undefined;
  #waiting: Promise<void> | undefined;

  constructor(options: { db: Database; onError: (error: unknown) => void }) {
    this.#db = options.db;
    this.#onError = options.onError;
  }

  /** Answers how to ask for the figure. */
  add<T>(read: () => Promise<T>): () => Promise<T | undefined> {
    const part: Part = { read };
    this.#parts.push(part);
    return async () => {
      await this.#refresh();
      return this.#values.get(part) as T | undefined;
    };
  }

  async #refresh(): Promise<void> {
    if (this.#reading === undefined && performance.now() < this.#freshUntil) return;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    this.#waiting ??= Promise.race([this.#reading, delay(PATIENCE_MS, undefined, { ref: false })]).finally(
      () => {
        this.#waiting = undefined;
      },
    );
    await this.#waiting;
  }

  async #read(): Promise<void> {
    const values = new Map<Part, unknown>();
    this.#values = values;
    const begun = performance.now();
    let times = FRESH_TIMES;
    for (const part of this.#parts) {
      try {
        values.set(part, await part.read());
      } catch (error) {
        times = 0;
        this.#onError(error);
        if (this.#db.dialect.translateError(error) instanceof StoreUnavailable) break;
      }
      await nextTurn();
    }
    const end = performance.now();
    this.#freshUntil = end + Math.min(FRESH_MAX_MS, Math.max(FRESH_MS, (end - begun) * times));
  }
}
