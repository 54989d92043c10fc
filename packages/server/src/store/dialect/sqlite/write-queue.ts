import type { DatabaseSync } from 'node:sqlite';

interface Entry {
  /** With `shared`, neighbours in the transaction stay when the command fails; otherwise it fails with it. */
  run(shared: boolean): Promise<void>;
  settle(commitError?: unknown): void;
}

/** Commands gathered into one transaction at the most: bounds how long the first of them waits for its answer. */
const GATHER_LIMIT = 64;

/**
 * The one writer of a SQLite file. Commands that wait together share one transaction, and so one flush to the disk;
 * each then runs in a savepoint of its own, so that one that fails does not undo its neighbours. Each is answered
 * after the commit.
 */
export class WriteQueue {
  readonly #raw: DatabaseSync;
  readonly #committed: () => void;
  readonly #waiting: Entry[] = [];
  #running: Promise<void> | undefined;

  /** `committed` is called after each transaction. */
  constructor(raw: DatabaseSync, committed: () => void) {
    this.#raw = raw;
    this.#committed = committed;
  }

  /** `committed` is called right after the commit, before anybody is answered. */
  run<T>(command: () => Promise<T>, committed: () => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let outcome: { value: T } | { error: unknown };
      this.#waiting.push({
        run: async (shared) => {
          outcome = shared ? await this.#inSavepoint(command) : { value: await command() };
        },
        settle: (commitError) => {
          if (commitError !== undefined) return reject(commitError);
          if ('error' in outcome) return reject(outcome.error);
          committed();
          resolve(outcome.value);
        },
      });
      this.#running ??= this.#drain();
    });
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #inSavepoint<T>(command: () => Promise<T>): Promise<{ value: T } | { error: unknown }> {
    this.#raw.exec('SAVEPOINT command');
    try {
      const value = await command();
      this.#raw.exec('RELEASE command');
      return { value };
    } catch (error) {
      this.#raw.exec('ROLLBACK TO command; RELEASE command');
      return { error };
    }
  }

  async #drain(): Promise<void> {
    // Lets the commands that arrive in this turn of the loop join.
    await null;
    while (this.#waiting.length > 0) {
      const entries = this.#waiting.splice(0, GATHER_LIMIT);
      const failure = await this.#transact(entries);
      for (const entry of entries) entry.settle(failure);
    }
    this.#running = undefined;
  }

  async #transact(entries: Entry[]): Promise<unknown> {
    try {
      this.#raw.exec('BEGIN IMMEDIATE');
      // A savepoint keeps a copy of every page that changes after it: for one command there is nothing to save.
      for (const entry of entries) await entry.run(entries.length > 1);
      this.#raw.exec('COMMIT');
      this.#committed();
      return undefined;
    } catch (error) {
      if (this.#raw.isTransaction) this.#raw.exec('ROLLBACK');
      return error;
    }
  }
}
