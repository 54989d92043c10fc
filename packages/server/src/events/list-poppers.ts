import { DomainError } from '../errors.ts';
import type { Database } from '../store/database.ts';
import { deleteItem, freeItem, hasFreeItem, type ListItem, takeItem } from '../store/list-items.ts';
import type { Waiter } from './handover.ts';

const POLL_MS = 1000;
/** How long an item stays taken when the process that took it dies before it was handed over. */
const TAKEN_MS = 10_000;

/** Those who wait for items of lists, each list served in the order in which they came. */
export class ListPoppers {
  readonly #db: Database;
  readonly #clock: () => number;
  readonly #onError: (error: unknown) => void;
  readonly #waiting = new Map<string, Array<Waiter<ListItem>>>();
  readonly #running = new Map<string, Promise<void>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: { db: Database; clock: () => number; onError: (error: unknown) => void }) {
    this.#db = options.db;
    this.#clock = options.clock;
    this.#onError = options.onError;
  }

  start(): void {
    this.#db.onWake('lists', () => this.wake());
    this.#timer = setInterval(() => this.wake(), POLL_MS);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    for (const waiters of this.#waiting.values()) {
      for (const waiter of waiters.splice(0)) {
        waiter.refuse(new DomainError('unavailable', 'The server is stopping', { retryAfter: 1 }));
      }
    }
    await Promise.all(this.#running.values());
  }

  /** There may be new items. */
  wake(): void {
    for (const list of this.#waiting.keys()) this.#serve(list);
  }

  /** Waits for an item of the list. Answers how to give up. */
  pop(list: string, waiter: Waiter<ListItem>): () => void {
    const waiters = this.#waiting.get(list) ?? [];
    this.#waiting.set(list, waiters);
    waiters.push(waiter);
    this.#serve(list);
    return () => {
      const at = waiters.indexOf(waiter);
      if (at >= 0) waiters.splice(at, 1);
    };
  }

  #serve(list: string): void {
    if (this.#running.has(list)) return;
    const run = this.#serveAll(list)
      .catch(this.#onError)
      .finally(() => {
        this.#running.delete(list);
        if (this.#waiting.get(list)?.length === 0) this.#waiting.delete(list);
      });
    this.#running.set(list, run);
  }

  async #serveAll(list: string): Promise<void> {
    const waiters = this.#waiting.get(list) ?? [];
    while (waiters.length > 0) {
      const now = this.#clock();
      if (!(await hasFreeItem(this.#db.reader, list, now))) return;
      const item = await this.#db.write((tx) => takeItem(tx, list, { now, until: now + TAKEN_MS }));
      if (item === undefined) return;
      const waiter = waiters.shift();
      // Nobody is left who would take it.
      if (waiter === undefined) await this.#giveBack(item);
      else this.#hand(item, waiter).catch(this.#onError);
    }
  }

  async #hand(item: ListItem, waiter: Waiter<ListItem>): Promise<void> {
    const came = await waiter.give({ message: item, missed: 0 }).outcome;
    if (came) await this.#db.write((tx) => deleteItem(tx, item.seq));
    else await this.#giveBack(item);
  }

  async #giveBack(item: ListItem): Promise<void> {
    await this.#db.write((tx) => freeItem(tx, item.seq));
  }
}
