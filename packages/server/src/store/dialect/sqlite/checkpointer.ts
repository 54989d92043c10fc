import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';

// TypeScript in the work tree and JavaScript in a package, as this module is.
const THREAD = new URL(`./checkpoint-thread${extname(import.meta.url)}`, import.meta.url);
const HEAP = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 1 };
const EVERY_MS = 20;

/**
 * Keeps the log of a SQLite file short from a thread of its own: the commit that finds it long would otherwise carry
 * its pages into the file, and everybody would wait for that. When the thread cannot keep up, the writer's own limit
 * still holds.
 */
export class Checkpointer {
  readonly #file: string;
  #worker: Worker | undefined;
  #timer: NodeJS.Timeout | undefined;
  #busy = false;

  constructor(file: string) {
    this.#file = file;
  }

  /** To be called after each commit. */
  committed(): void {
    if (this.#busy || this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#busy = true;
      this.#running().postMessage('checkpoint');
    }, EVERY_MS);
    this.#timer.unref();
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#busy = true;
    const worker = this.#worker;
    if (worker === undefined) return;
    const exited = once(worker, 'exit');
    worker.ref();
    worker.postMessage('close');
    await exited;
  }

  #running(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(THREAD, { workerData: { file: this.#file }, resourceLimits: HEAP });
    worker.unref();
    worker.on('message', () => {
      this.#busy = false;
    });
    // The next commit starts another.
    worker.on('error', () => {
      this.#busy = false;
      if (this.#worker === worker) this.#worker = undefined;
    });
    this.#worker = worker;
    return worker;
  }
}
