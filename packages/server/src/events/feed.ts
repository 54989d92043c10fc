import type { Database } from '../store/database.ts';
import type { EventRow } from '../store/event-row.ts';
import { eventsAfter, lastSeq } from '../store/events.ts';

const BATCH = 500;
/** Entries kept in memory, for those who come back for the next one: so many, and so much of their data. */
const KEPT = 2000;
const KEPT_CHARACTERS = 2 * 1024 * 1024;

export type Follower = (entries: readonly EventRow[]) => void;

/**
 * Follows the log as it grows, once for the whole process, and hands each batch to all who follow. What this process
 * appends it is given, and need not read; what others append is read when they wake it, or `pollMs` later.
 */
export class EventFeed {
  readonly #db: Database;
  readonly #pollMs: number;
  readonly #onError: (error: unknown) => void;
  readonly #followers = new Set<Follower>();
  #kept: EventRow[] = [];
  #keptCharacters = 0;
  #tail = 0;
  #timer: NodeJS.Timeout | undefined;
  #reading: Promise<void> | undefined;
  #again = false;
  /** Given, and not handed on yet. */
  #given: EventRow[] = [];
  #stopped = false;

  constructor(options: { db: Database; pollMs: number; onError: (error: unknown) => void }) {
    this.#db = options.db;
    this.#pollMs = options.pollMs;
    this.#onError = options.onError;
  }

  /** The number of the last entry that was read: whoever follows from now on is told of those behind it. */
  get tail(): number {
    return this.#tail;
  }

  async start(): Promise<void> {
    this.#tail = await lastSeq(this.#db.reader);
    this.#db.onWake('events', () => this.wake());
    this.#db.onAppended((entries) => this.#take(entries));
    this.#timer = setInterval(() => this.wake(), this.#pollMs);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#reading;
  }

  /** There may be new entries. */
  wake(): void {
    if (this.#stopped) return;
    this.#again = true;
    this.#reading ??= this.#readOn().finally(() => {
      this.#reading = undefined;
      if (this.#again) this.wake();
    });
  }

  /** Calls with every entry behind the tail, in order, until the answered function is called. */
  follow(follower: Follower): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  /** The entries behind the number up to the tail, when all of them are still in memory. */
  kept(after: number): readonly EventRow[] | undefined {
    if (after >= this.#tail) return [];
    const first = this.#kept[0];
    if (first === undefined || first.seq > after + 1) return undefined;
    // Numbers may be missing, never out of order.
    let [low, high] = [0, this.#kept.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#kept[middle] as EventRow).seq <= after) low = middle + 1;
      else high = middle;
    }
    return this.#kept.slice(low);
  }

  #take(entries: readonly EventRow[]): void {
    // What else is committed in this turn of the loop comes along.
    if (this.#given.length === 0) setImmediate(() => this.#handOn());
    this.#given.push(...entries);
  }

  #handOn(): void {
    const given = this.#given;
    this.#given = [];
    if (this.#stopped) return;
    const fresh = given.filter(({ seq }) => seq > this.#tail);
    // With no number left out between, nothing of another process stands between.
    const isNext = fresh.every(({ seq }, i) => seq === this.#tail + 1 + i);
    if (this.#reading !== undefined || !isNext) this.wake();
    else if (fresh.length > 0) this.#advance(fresh);
  }

  async #readOn(): Promise<void> {
    // What else is committed in this turn of the loop comes along.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#again && !this.#stopped) {
      this.#again = false;
      try {
        await this.#readAll();
      } catch (error) {
        this.#onError(error);
      }
    }
  }

  async #readAll(): Promise<void> {
    for (;;) {
      const entries = await eventsAfter(this.#db.reader, this.#tail, BATCH);
      if (entries.length > 0) this.#advance(entries);
      if (entries.length < BATCH) return;
    }
  }

  /** By the entries behind the tail. */
  #advance(entries: readonly EventRow[]): void {
    this.#tail = entries.at(-1)?.seq ?? this.#tail;
    this.#keep(entries);
    for (const follower of [...this.#followers]) this.#tell(follower, entries);
  }

  /** One that fails is no reason for others to miss something. */
  #tell(follower: Follower, entries: readonly EventRow[]): void {
    try {
      follower(entries);
    } catch (error) {
      this.#onError(error);
    }
  }

  #keep(entries: readonly EventRow[]): void {
    this.#kept.push(...entries);
    for (const { data } of entries) this.#keptCharacters += data.length;
    let drop = Math.max(0, this.#kept.length - KEPT);
    for (let i = 0; i < drop; i += 1) this.#keptCharacters -= this.#kept[i]?.data.length ?? 0;
    while (this.#keptCharacters > KEPT_CHARACTERS) {
      this.#keptCharacters -= this.#kept[drop]?.data.length ?? 0;
      drop += 1;
    }
    if (drop > 0) this.#kept = this.#kept.slice(drop);
  }
}
