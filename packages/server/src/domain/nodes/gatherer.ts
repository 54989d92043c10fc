import type { Database, Tx } from '../../store/database.ts';
import { StoreUnavailable } from '../../store/errors.ts';

/** What became of one of the commands that shared a transaction. */
export type Outcome<Result> = { value: Result } | { refusal: unknown };

interface Waiting<Item, Result> {
  item: Item;
  resolve(value: Result): void;
  reject(error: unknown): void;
}

interface GathererOptions<Item, Result> {
  db: Database;
  /** Runs the commands; answers what became of each, in their order. A refused one has changed nothing. */
  run(tx: Tx, items: readonly Item[]): Promise<ReadonlyArray<Outcome<Result>>>;
}

const GATHER_LIMIT = 200;

/**
 * Runs commands of one kind that arrive together in one transaction: one flush to the disk, and one turn at the event
 * log, for all of them. Each is answered by itself, after the commit.
 */
export class Gatherer<Item, Result> {
  readonly #db: Database;
  readonly #command: GathererOptions<Item, Result>['run'];
  readonly #waiting: Array<Waiting<Item, Result>> = [];
  #running = 0;
  #scheduled = false;

  constructor({ db, run }: GathererOptions<Item, Result>) {
    this.#db = db;
    this.#command = run;
  }

  /** Resolves when what the command did is durable. Throws what it is refused with. */
  submit(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
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
    this.#settle(batch).finally(() => {
      this.#running -= 1;
      if (this.#waiting.length > 0) this.#schedule();
    });
  }

  async #settle(batch: ReadonlyArray<Waiting<Item, Result>>): Promise<void> {
    const items = batch.map(({ item }) => item);
    try {
      const outcomes = await this.#db.write((tx) => this.#command(tx, items));
      for (const [i, waiting] of batch.entries()) answer(waiting, outcomes[i]);
    } catch (error) {
      // One that the database does not take is no reason to refuse its neighbours.
      if (batch.length > 1 && !(error instanceof StoreUnavailable)) {
        for (const waiting of batch) await this.#settle([waiting]);
      } else {
        for (const { reject } of batch) reject(error);
      }
    }
  }
}

function answer<Item, Result>(waiting: Waiting<Item, Result>, outcome: Outcome<Result> | undefined): void {
  if (outcome === undefined) waiting.reject(new Error('a command was left out of its transaction'));
  else if ('refusal' in outcome) waiting.reject(outcome.refusal);
  else waiting.resolve(outcome.value);
}
