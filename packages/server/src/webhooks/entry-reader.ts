import type { EventFeed } from '../events/feed.ts';
import type { Executor } from '../store/database.ts';
import type { EventRow } from '../store/event-row.ts';
import { scanEvents } from '../store/event-scan.ts';
import { purgedThrough } from '../store/events.ts';
import { dataReader, type WatchedWebhook } from './watched-webhook.ts';

/** Entries looked at in one go. */
const SCAN = 2000;
/** … and held in memory of those that match. */
const ROWS = 50;
/** Entries looked at in one go that are in memory already. */
const RECENT = 200;

/** The entries of the log that a webhook is for, one after the other. */
export class EntryReader {
  readonly #reader: Executor;
  readonly #feed: EventFeed;
  readonly #webhook: WatchedWebhook;
  readonly #onGap: (purged: number) => Promise<void>;
  #batch: EventRow[] = [];
  #through: number;

  constructor(
    sources: { reader: Executor; feed: EventFeed; onGap: (purged: number) => Promise<void> },
    webhook: WatchedWebhook,
  ) {
    this.#reader = sources.reader;
    this.#feed = sources.feed;
    this.#onGap = sources.onGap;
    this.#webhook = webhook;
    this.#through = webhook.seen;
  }

  /**
   * The next one. Undefined when a piece of the log had none, or its end is reached: then the webhook has seen all up
   * to there.
   */
  async next(): Promise<EventRow | undefined> {
    if (this.#batch.length === 0 && this.#through < this.#feed.tail) await this.#fill();
    const event = this.#batch.shift();
    if (event === undefined) this.#webhook.seen = Math.max(this.#webhook.seen, this.#through);
    return event;
  }

  async #fill(): Promise<void> {
    const { rows, through } = this.#recent() ?? (await this.#scan());
    const dataOf = dataReader();
    this.#batch = rows.filter((event) => this.#webhook.matches(event, dataOf));
    this.#through = through;
  }

  /** From memory, when all that follows is still there. */
  #recent() {
    const rows = this.#feed.kept(this.#through)?.slice(0, RECENT);
    const last = rows?.at(-1);
    return rows === undefined || last === undefined ? undefined : { rows, through: last.seq };
  }

  async #scan() {
    const after = this.#through;
    const window = { after, through: this.#feed.tail, entries: SCAN, limit: ROWS };
    const scanned = await scanEvents(this.#reader, this.#webhook.filter.selection, window);
    // Asked afterwards: what is removed while the scan goes on is missing from it.
    const purged = await purgedThrough(this.#reader);
    if (after >= purged) return scanned;
    await this.#onGap(purged);
    return { rows: [], through: purged };
  }
}
