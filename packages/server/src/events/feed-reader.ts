import { setImmediate as nextTurn } from 'node:timers/promises';
import { type EventFilter, holdsFor, matchesEvent } from '../domain/events/event-filter.ts';
import type { Start } from '../domain/feed/start-position.ts';
import type { Executor } from '../store/database.ts';
import { scanEvents } from '../store/event-scan.ts';
import { type EventRow, eventsAfter, purgedThrough } from '../store/events.ts';
import type { EventFeed } from './feed.ts';

/** Entries looked at by one call at the most, and of those of one window with an index's help. */
const LOOK_MAX = 20_000;
const SCAN = 2000;
/** Entries taken from memory, or out of the log, between two turns of the loop. */
const WINDOW = 500;
const PLAIN_WINDOW = 1000;
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

/** Somebody who reads the log from a position on, and wants some of its entries. */
export class FeedReader {
  readonly #source: FeedSource;
  readonly #filter: EventFilter;
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
    this.#isPlain = filter.test === null && Object.keys(filter.selection).length === 0;
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
    for (let looked = 0; !this.isAtEnd && looked < LOOK_MAX; ) {
      if (looked > 0) await nextTurn();
      const window = this.#fromMemory() ?? (await this.#fromLog(limit - rows.length));
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
  #fromMemory(): Window | undefined {
    const { feed } = this.#source;
    if (this.#position >= feed.tail) return undefined;
    const kept = feed.kept(this.#position)?.slice(0, WINDOW);
    if (kept === undefined) return undefined;
    const through = kept.length < WINDOW ? feed.tail : (kept.at(-1)?.seq ?? this.#position);
    return {
      rows: kept.filter((entry) => matchesEvent(this.#filter, entry)),
      through,
      looked: WINDOW,
    };
  }

  async #fromLog(limit: number): Promise<Window> {
    const window = await (this.#isPlain ? this.#next(limit) : this.#scan());
    // Asked afterwards: what is removed while the log is read is missing from what was read.
    this.#oldest = await purgedThrough(this.#source.reader);
    if (this.#position >= this.#oldest) return window;
    this.#onGap(this.#oldest - this.#position, this.#oldest);
    return { rows: [], through: this.#oldest, looked: window.looked };
  }

  async #next(limit: number): Promise<Window> {
    const through = this.#through;
    const count = Math.min(limit, PLAIN_WINDOW);
    const rows = await eventsAfter(this.#source.reader, this.#position, count);
    const last = rows.at(-1)?.seq ?? 0;
    return { rows, through: rows.length < count ? Math.max(through, last) : last, looked: count };
  }

  async #scan(): Promise<Window> {
    const { rows, through } = await scanEvents(this.#source.reader, this.#filter.selection, {
      after: this.#position,
      through: this.#through,
      entries: SCAN,
      limit: WINDOW,
    });
    return { rows: rows.filter((entry) => holdsFor(this.#filter, entry)), through, looked: SCAN };
  }
}
