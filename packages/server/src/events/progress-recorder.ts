import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../store/database.ts';
import { type Progress, recordProgress } from '../store/subscriptions.ts';

const RETRY_MS = 500;

/** Stores how far subscribers have come, those of one moment in one transaction. */
export class ProgressRecorder {
  readonly #db: Database;
  readonly #onError: (error: unknown) => void;
  /** By subscription; the last one counts. */
  readonly #waiting = new Map<number, Progress>();
  readonly #awaited = new Map<number, () => void>();
  #running: Promise<void> | undefined;
  #stopping = false;

  constructor(options: { db: Database; onError: (error: unknown) => void }) {
    this.#db = options.db;
    this.#onError = options.onError;
  }

  note(progress: Progress): void {
    // Of a subscriber that has subscribed again meanwhile, the old connection tells nothing.
    if ((this.#waiting.get(progress.id)?.generation ?? 0) > progress.generation) return;
    this.#waiting.set(progress.id, progress);
    this.#start();
  }

  #start(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      // Something may have been noted after the last look.
      if (this.#waiting.size > 0 && !this.#stopping) this.#start();
    });
  }

  /** The same; resolves when it is stored, or will not be because the server stops. */
  async store(progress: Progress): Promise<void> {
    this.note(progress);
    if (this.#waiting.get(progress.id) !== progress) return;
    // Whoever waits for this subscription still has been replaced by who asks now.
    this.#resolve(progress.id);
    await new Promise<void>((resolve) => this.#awaited.set(progress.id, resolve));
  }

  /** Whether something of the subscription is still to be stored. */
  isPending(id: number): boolean {
    return this.#waiting.has(id);
  }

  /** Resolves when what was noted so far is stored. */
  async flush(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.flush();
    for (const id of this.#awaited.keys()) this.#resolve(id);
  }

  #resolve(id: number): void {
    this.#awaited.get(id)?.();
    this.#awaited.delete(id);
  }

  async #run(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.size > 0) {
      const batch = [...this.#waiting.values()];
      try {
        await this.#db.write((tx) => recordProgress(tx, batch));
      } catch (error) {
        this.#onError(error);
        // They will be told again what they had: that is what at-least-once means.
        if (this.#stopping) return;
        await delay(RETRY_MS);
        continue;
      }
      for (const progress of batch) {
        if (this.#waiting.get(progress.id) !== progress) continue;
        this.#waiting.delete(progress.id);
        this.#resolve(progress.id);
      }
    }
  }
}
