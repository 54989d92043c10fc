import { setTimeout as delay } from 'node:timers/promises';
import { DomainError } from '../errors.ts';
import type { Database } from '../store/database.ts';
import {
  deleteItem,
  freeItem,
  hasFreeItem,
  type ListItem,
  takeItem,
  takeItemLonger,
} from '../store/list-items.ts';
import type { Waiter } from './handover.ts';

const POLL_MS = 1000;
/** How long an item stays taken when the process that took it dies before it was handed over. */
const TAKEN_MS = 10_000;
const RETRY_MS = 200;

/** Those who wait for items of lists, each list served in the order in which they came. */
export class ListPoppers {
  readonly #db: Database;
  readonly #clock: () => number;
  readonly #onError: (error: unknown) => void;
  readonly #waiting = new Map<string, Array<Waiter<ListItem>>>();
  /** Lists that are being served, and whether there was news since the last look. */
  readonly #serving = new Map<string, { again: boolean }>();
  readonly #underWay = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #stopping = false;

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

  /** Ends all waiting. */
  refuseAll(): void {
    this.#stopping = true;
    for (const waiters of this.#waiting.values()) {
      for (const waiter of waiters.splice(0)) {
        waiter.refuse(new DomainError('unavailable', 'The server is stopping', { retryAfter: 1 }));
      }
    }
  }

  /** Resolves when it is stored what became of every item. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.refuseAll();
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
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
    const serving = this.#serving.get(list);
    if (serving !== undefined) {
      serving.again = true;
      return;
    }
    const state = { again: false };
    this.#serving.set(list, state);
    this.#do(
      this.#serveAll(list).finally(() => {
        this.#serving.delete(list);
        if (this.#waiting.get(list)?.length === 0) this.#waiting.delete(list);
        else if (state.again) this.#serve(list);
      }),
    );
  }

  #do(work: Promise<void>): void {
    const done = work.catch(this.#onError).finally(() => this.#underWay.delete(done));
    this.#underWay.add(done);
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
      if (waiter === undefined) this.#do(this.#settle(item, false));
      else this.#do(this.#hand(item, waiter));
    }
  }

  async #hand(item: ListItem, waiter: Waiter<ListItem>): Promise<void> {
    const { outcome } = waiter.give({ message: item, missed: 0 });
    // Slow readers of long items need more time.
    const timer = setInterval(() => this.#do(this.#keep(item)), TAKEN_MS / 3);
    const came = await outcome.finally(() => clearInterval(timer));
    await this.#settle(item, came);
  }

  async #keep(item: ListItem): Promise<void> {
    await this.#db.write((tx) => takeItemLonger(tx, item.seq, this.#clock() + TAKEN_MS));
  }

  /** Tries until it is stored: an item that came must not come to somebody else. */
  async #settle(item: ListItem, came: boolean): Promise<void> {
    for (;;) {
      try {
        await this.#db.write((tx) => (came ? deleteItem(tx, item.seq) : freeItem(tx, item.seq)));
        return;
      } catch (error) {
        this.#onError(error);
        if (this.#stopping) return;
        await delay(RETRY_MS);
      }
    }
  }
}
