import { setImmediate as nextTurn } from 'node:timers/promises';
import { type EventFilter, holdsFor, matchesEvent } from '../domain/events/event-filter.ts';
import type { Start } from '../domain/feed/start-position.ts';
import type { Executor } from '../store/database.ts';
import type { EventRow } from '../store/event-row.ts';
import { NODE_CHANNEL, scanEvents } from '../store/event-scan.ts';
import { eventsAfter, purgedThrough } from '../store/events.ts';
import type { EventFeed } from './feed.ts';

/** Entries looked at by one call at the most. */
const LOOK_MAX = 20_000;
/** Entries looked at between two turns of the loop: at the most, and at first for each entry that is wanted. */
const WINDOW = 1000;
const FIRST_PER_WANTED = 4;
/** So much data is enough for one call. */
const CHARACTERS_MAX = 8 * 1024 * 1024;

export interface FeedSource {
  reader: Executor;
  feed: EventFeed;
}

interface Window {
  /** Those that match, oldest first. */
  rows: EventRow[];
  /** Up to where all that match are among the rows. */
  through: number;
  /** How many entries were looked at, at the most. */
  looked: number;
}

const isPlain = ({ selection }: EventFilter): boolean =>
  Object.entries(selection).every(([key, value]) => key === 'channel' && value === NODE_CHANNEL);

/** Somebody who reads the log from a position on, and wants some of its entries. */
export class FeedReader {
  readonly #source: FeedSource;
  readonly #filter: EventFilter;
  /** Whether nearly all of the log has to be looked at: then no index helps. */
  readonly #isPlain: boolean;
  readonly #onGap: (missed: number, oldest: number) => void;
  #end: number;
  #oldest: number;
  #position: number;

  /**
   * `onGap` is called when entries behind the position have been removed from the log before they were read; unless
   * it throws, reading goes on behind the gap.
   */
  constructor(
    source: FeedSource,
    filter: EventFilter,
    start: Start,
    onGap: (missed: number, oldest: number) => void,
  ) {
    this.#source = source;
    this.#filter = filter;
    this.#isPlain = isPlain(filter);
    this.#onGap = onGap;
    this.#position = start.position;
    this.#oldest = start.oldest;
    this.#end = start.end;
  }

  /** Every entry up to here has been answered, or is not wanted. */
  get position(): number {
    return this.#position;
  }

  /** The lowest position that could be asked for when the log was looked at last. */
  get oldest(): number {
    return this.#oldest;
  }

  /** Whether everything is read that is known to be in the log. */
  get isAtEnd(): boolean {
    return this.#position >= this.#through;
  }

  get #through(): number {
    return Math.max(this.#end, this.#source.feed.tail);
  }

  /** The next entries that are wanted, `limit` at the most: fewer, or none, when many had to be looked at. */
  async read(limit: number): Promise<EventRow[]> {
    const rows: EventRow[] = [];
    let characters = 0;
    let size = Math.min(WINDOW, this.#filter.test === null ? limit : limit * FIRST_PER_WANTED);
    for (let looked = 0; !this.isAtEnd && looked < LOOK_MAX; size = Math.min(WINDOW, size * 2)) {
      if (looked > 0) await nextTurn();
      const window = this.#fromMemory(size) ?? (await this.#fromLog(size));
      looked += window.looked;
      for (const row of window.rows) {
        rows.push(row);
        characters += row.data.length;
        this.#position = row.seq;
        if (rows.length === limit || characters >= CHARACTERS_MAX) return rows;
      }
      this.#position = window.through;
    }
    return rows;
  }

  /**
   * Waits for an entry that is wanted, behind what is read. False when the time, in milliseconds, is over or the
   * signal is aborted before.
   */
  news(signal: AbortSignal, ms?: number): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (came: boolean) => {
        clearTimeout(timer);
        signal.removeEventListener('abort', aborted);
        unfollow();
        resolve(came);
      };
      const aborted = () => end(false);
      const unfollow = this.#source.feed.follow((entries) => {
        if (entries.some((entry) => entry.seq > this.#position && matchesEvent(this.#filter, entry)))
          return end(true);
        this.#position = Math.max(this.#position, entries.at(-1)?.seq ?? 0);
      });
      const timer = ms === undefined ? undefined : setTimeout(aborted, ms);
      signal.addEventListener('abort', aborted);
      if (signal.aborted) aborted();
      else if (!this.isAtEnd) end(true);
    });
  }

  /** Undefined when memory does not have what stands behind the position. */
  #fromMemory(size: number): Window | undefined {
    const { feed } = this.#source;
    if (this.#position >= feed.tail) return undefined;
    const kept = feed.kept(this.#position)?.slice(0, size);
    return kept && this.#windowOf(kept, size, feed.tail);
  }

  /** What is wanted of the next entries, of which there are fewer than `size` only where the log ends. */
  #windowOf(next: readonly EventRow[], size: number, end: number): Window {
    const last = next.at(-1)?.seq ?? this.#position;
    return {
      rows: next.filter((entry) => matchesEvent(this.#filter, entry)),
      through: next.length < size ? Math.max(end, last) : last,
      looked: size,
    };
  }

  async #fromLog(size: number): Promise<Window> {
    const window = await (this.#isPlain ? this.#next(size) : this.#scan(size));
    // Asked afterwards: what is removed while the log is read is missing from what was read.
    this.#oldest = await purgedThrough(this.#source.reader);
    if (this.#position >= this.#oldest) return window;
    this.#onGap(this.#oldest - this.#position, this.#oldest);
    return { rows: [], through: this.#oldest, looked: window.looked };
  }

  async #next(size: number): Promise<Window> {
    const end = this.#through;
    return this.#windowOf(await eventsAfter(this.#source.reader, this.#position, size), size, end);
  }

  async #scan(size: number): Promise<Window> {
    const { rows, through } = await scanEvents(this.#source.reader, this.#filter.selection, {
      after: this.#position,
      through: this.#through,
      entries: WINDOW,
      limit: size,
    });
    return { rows: rows.filter((entry) => holdsFor(this.#filter, entry)), through, looked: WINDOW };
  }
}
