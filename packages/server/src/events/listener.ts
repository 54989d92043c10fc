import { HOUR } from '@kernelci/model';
import type { EventRow } from '../store/event-row.ts';
import { scanEvents } from '../store/event-scan.ts';
import { purgedThrough } from '../store/events.ts';
import type { Progress, SubscriptionRow } from '../store/subscriptions.ts';
import type { Handover, Waiter } from './handover.ts';
import type { ListenersOptions } from './listeners.ts';

/** Entries looked at in one go while it catches up. */
const SCAN = 2000;

/** How often it is noted, of a subscription whose listener waits on and on, that it is in use. */
const IN_USE_MS = HOUR;

interface Waiting extends Waiter<EventRow> {
  timer: NodeJS.Timeout | undefined;
}

/**
 * One subscription, as long as somebody listens to it here. Its events are handed over one after the other: the next
 * one once it is known what became of the last.
 */
export class Listener {
  readonly #tools: ListenersOptions;
  readonly #row: SubscriptionRow;
  /** Newest last: whoever came last is the most likely to be there still. */
  readonly #waiting: Waiting[] = [];
  /** All up to here is acknowledged. */
  #cursor: number;
  /** Handed over and not acknowledged yet. */
  #delivered: number | null;
  /** Being handed over, as others can read; what becomes of it is not known. */
  #inDoubt: number | null = null;
  /** All up to here has been handed over or is none of its own. */
  #position: number;
  #lastPoll = 0;
  #idleSince = 0;
  #missed = 0;
  #handover: Handover | undefined;
  /** Somebody has come since the event was handed over. */
  #isBack = false;
  #running: Promise<void> | undefined;
  #rouse: (() => void) | undefined;

  constructor(tools: ListenersOptions, row: SubscriptionRow) {
    this.#tools = tools;
    this.#row = row;
    this.#cursor = row.cursor;
    this.#delivered = row.delivered;
    this.#position = Math.max(row.cursor, row.delivered ?? 0);
  }

  get generation(): number {
    return this.#row.generation;
  }

  /** All up to here has been handed over or is none of its own. */
  get position(): number {
    return this.#position;
  }

  /** Waits for the next event. Coming back acknowledges what was handed over. Answers how to give up. */
  listen(row: SubscriptionRow, waiter: Waiter<EventRow>): () => void {
    this.#acknowledge(row);
    this.#isBack = true;
    this.#handover?.hurry();
    const { keepAliveMs } = this.#tools;
    const waiting: Waiting = { ...waiter, timer: undefined };
    if (keepAliveMs > 0) waiting.timer = setTimeout(() => this.#keepAlive(waiting), keepAliveMs);
    this.#waiting.push(waiting);
    this.#serve();
    return () => {
      this.#take(waiting);
      this.#passBy();
      this.#rouse?.();
    };
  }

  /** Resolves when nobody waits and nothing is on its way. */
  async rest(): Promise<void> {
    while (this.#running) await this.#running;
  }

  /** Since when nobody waits and nothing is on its way; undefined when that is not so. */
  get idleSince(): number | undefined {
    return this.#running === undefined ? this.#idleSince : undefined;
  }

  /** Ends all waiting. */
  refuseAll(error: Error): void {
    for (const waiting of [...this.#waiting]) {
      this.#take(waiting);
      waiting.refuse(error);
    }
    this.#rouse?.();
  }

  #acknowledge(row: SubscriptionRow): void {
    // What came through another instance counts too. What is on its way from here is not known to have come.
    const delivered = this.#handover === undefined ? Math.max(this.#delivered ?? 0, row.delivered ?? 0) : 0;
    this.#cursor = Math.max(this.#cursor, row.cursor, delivered);
    this.#position = Math.max(this.#position, this.#cursor);
    if (this.#handover === undefined) this.#delivered = null;
    this.#lastPoll = this.#tools.clock();
    this.#record();
  }

  #take(waiting: Waiting): boolean {
    const at = this.#waiting.indexOf(waiting);
    if (at < 0) return false;
    this.#waiting.splice(at, 1);
    clearTimeout(waiting.timer);
    return true;
  }

  async #keepAlive(waiting: Waiting): Promise<void> {
    if (!this.#take(waiting)) return;
    const told = { message: null, missed: this.#missed };
    if (!(await waiting.give(told).outcome)) return;
    this.#missed = 0;
    this.#passBy();
    this.#rouse?.();
  }

  /** What was none of its own needs no acknowledgement. */
  #passBy(): void {
    if (this.#delivered !== null || this.#inDoubt !== null || this.#handover !== undefined) return;
    this.#cursor = Math.max(this.#cursor, this.#position);
    this.#record();
  }

  #serve(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      // Somebody may have come after the last look.
      if (this.#waiting.length > 0) this.#serve();
      else this.#idleSince = this.#tools.clock();
    });
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const event = await this.#next().catch((error: unknown) => {
        this.refuseAll(error instanceof Error ? error : new Error(String(error)));
        return undefined;
      });
      if (this.#waiting.length === 0) return;
      if (event === undefined) await this.#news();
      else if (event.seq > this.#position) await this.#hand(event);
    }
  }

  async #hand(event: EventRow): Promise<void> {
    const { isShared, recorder } = this.#tools;
    if (isShared) {
      // Another instance that is asked for the next event, by who has got this one, must know that it is on its way.
      this.#inDoubt = event.seq;
      await recorder.store(this.#progress());
    }
    const came = await this.#give(event);
    this.#inDoubt = null;
    if (!came) {
      if (isShared) this.#record();
      return;
    }
    this.#missed = 0;
    this.#position = event.seq;
    this.#delivered = event.seq;
    // Who is back already has acknowledged it by that.
    if (this.#isBack) this.#acknowledge(this.#row);
    else this.#record();
  }

  /** Answers whether somebody has got it. */
  async #give(event: EventRow): Promise<boolean> {
    const waiting = this.#waiting.at(-1);
    // They may have gone, or somebody may have told meanwhile that it came by another way.
    if (waiting === undefined || event.seq <= this.#position) return false;
    this.#take(waiting);
    this.#isBack = false;
    this.#handover = waiting.give({ message: event, missed: this.#missed });
    const came = await this.#handover.outcome;
    this.#handover = undefined;
    return came;
  }

  #isFor(event: EventRow): boolean {
    const { channel, promiscuous, username } = this.#row;
    if (event.channel !== channel || event.listed === 0) return false;
    return promiscuous === 1 || event.owner === null || event.owner === username;
  }

  /** The next event of its own up to the tail of the log; undefined when there is none. */
  async #next(): Promise<EventRow | undefined> {
    const { feed } = this.#tools;
    for (;;) {
      const kept = feed.kept(this.#position);
      if (kept !== undefined) {
        const event = kept.find((entry) => this.#isFor(entry));
        if (event === undefined) this.#position = Math.max(this.#position, feed.tail);
        return event;
      }
      const event = await this.#scan();
      if (event !== undefined) return event;
    }
  }

  /** Looks at some entries behind the position, which moves by what is none of its own. */
  async #scan(): Promise<EventRow | undefined> {
    const { reader, feed } = this.#tools;
    const { channel, promiscuous, username } = this.#row;
    const visible = promiscuous === 1 ? {} : { visibleTo: username };
    const after = this.#position;
    const window = { after, through: feed.tail, entries: SCAN, limit: 1 };
    const { rows, through } = await scanEvents(reader, { channel, listed: true, ...visible }, window);
    // Asked afterwards: what is removed while the scan goes on is missing from it.
    const purged = await purgedThrough(reader);
    if (after < purged) this.#skip(after, purged);
    else if (rows[0] === undefined) this.#position = Math.max(this.#position, through);
    else return rows[0];
    return undefined;
  }

  #skip(after: number, purged: number): void {
    const missed = purged - after;
    this.#missed += missed;
    this.#tools.onGap({ ...this.#row, missed });
    this.#position = Math.max(this.#position, purged);
  }

  /** Resolves when there is an event of its own, or nobody waits any more. */
  #news(): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        unfollow();
        this.#rouse = undefined;
        resolve();
      };
      const unfollow = this.#tools.feed.follow((entries) => {
        if (entries.some((entry) => this.#isFor(entry))) return done();
        this.#position = Math.max(this.#position, entries.at(-1)?.seq ?? 0);
        this.#stayInUse();
      });
      this.#rouse = () => {
        if (this.#waiting.length === 0) done();
      };
      if (this.#waiting.length === 0 || this.#tools.feed.tail > this.#position) done();
    });
  }

  #stayInUse(): void {
    const now = this.#tools.clock();
    if (now - this.#lastPoll < IN_USE_MS) return;
    this.#lastPoll = now;
    this.#passBy();
  }

  #record(): void {
    this.#tools.recorder.note(this.#progress());
  }

  #progress(): Progress {
    return {
      id: this.#row.id,
      generation: this.#row.generation,
      cursor: this.#cursor,
      delivered: this.#inDoubt ?? this.#delivered,
      lastPoll: this.#lastPoll,
      inDoubt: this.#inDoubt !== null,
      holder: this.#tools.self,
    };
  }
}
