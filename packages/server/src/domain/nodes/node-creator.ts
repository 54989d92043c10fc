import type { DomainError } from '../../errors.ts';
import type { Database } from '../../store/database.ts';
import type { Clock } from '../clock.ts';
import { type PreparedNode, storeNewNodes } from './store-nodes.ts';

interface Waiting {
  prepared: PreparedNode;
  resolve(): void;
  reject(error: unknown): void;
}

const GATHER_LIMIT = 200;

/**
 * Stores new nodes that arrive together in one transaction: one flush to the disk, and one turn at the event log,
 * for all of them. Each is answered by itself, after the commit.
 */
export class NodeCreator {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #waiting: Waiting[] = [];
  #running = 0;
  #scheduled = false;

  constructor(options: { db: Database; clock: Clock }) {
    this.#db = options.db;
    this.#clock = options.clock;
  }

  /** Resolves when the node is stored durably, with its event. Throws as `storeNewNodes` refuses. */
  create(prepared: PreparedNode): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ prepared, resolve, reject });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled || this.#running >= this.#db.writers) return;
    this.#scheduled = true;
    // What else arrived in this turn of the loop comes along.
    setImmediate(() => {
      this.#scheduled = false;
      this.#run();
    });
  }

  #run(): void {
    const batch = this.#waiting.splice(0, GATHER_LIMIT);
    if (batch.length === 0) return;
    this.#running += 1;
    this.#store(batch).finally(() => {
      this.#running -= 1;
      if (this.#waiting.length > 0) this.#schedule();
    });
  }

  async #store(batch: readonly Waiting[]): Promise<void> {
    const prepared = batch.map((entry) => entry.prepared);
    let refusals: Array<DomainError | undefined>;
    try {
      refusals = await this.#db.write((tx) => storeNewNodes(tx, prepared, this.#clock()));
    } catch (error) {
      for (const entry of batch) entry.reject(error);
      return;
    }
    for (const [i, entry] of batch.entries()) {
      const refusal = refusals[i];
      if (refusal) entry.reject(refusal);
      else entry.resolve();
    }
  }
}
