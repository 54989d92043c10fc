import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { SECOND } from '@kernelci/model';
import { Alarm } from '../alarm.ts';
import { advance, BATCH, CLOSING, HOLDOFF, TIMEOUT, type TimeRule } from '../domain/lifecycle/advance.ts';
import type { Uses } from '../domain/services.ts';
import type { EventFeed } from '../events/feed.ts';
import type { EventRow } from '../store/event-row.ts';
import { nextDue } from '../store/lifecycle.ts';

/** How often to look when nothing hints at news: what happens is to happen within a second of its moment. */
const POLL_MS = SECOND / 2;
/** The least time between two looks. */
const GAP_MS = 20;
const ERROR_MS = SECOND;
/** How long one rule may have it for itself when many nodes are due. */
const TURN_MS = SECOND / 2;
/** Looking for what can be closed takes the longer the more nodes are open: it gets this part of the time. */
const CLOSING_SHARE = 0.1;

interface Tools extends Uses<'db' | 'clock'> {
  feed: EventFeed;
  onError: (error: unknown) => void;
  /** Told how many nodes a rule has changed. */
  onChanged: (rule: TimeRule['name'], count: number) => void;
}

/**
 * Lets time pass for nodes: it changes those whose timeout or holdoff has come, and those whose last open descendant
 * is done. Any number of processes may do so on one database.
 */
export class LifecycleWorker {
  readonly #tools: Tools;
  readonly #alarm = new Alarm();
  #stopping = false;
  #loop = Promise.resolve();
  #unfollow = () => {};
  /** Something has become done, or closing, since it was last looked for what can be closed. */
  #mayClose = true;
  /** When to look for it at the earliest, on the clock of `performance`. */
  #closeAt = 0;

  constructor(tools: Tools) {
    this.#tools = tools;
  }

  start(): void {
    this.#unfollow = this.#tools.feed.follow((entries) => this.#look(entries));
    this.#loop = this.#run();
  }

  /** Ends after the batch in hand. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#unfollow();
    this.#alarm.ring();
    await this.#loop;
  }

  #look(entries: readonly EventRow[]): void {
    if (!entries.some(({ state }) => state === 'done' || state === 'closing')) return;
    this.#mayClose = true;
    this.#alarm.ring();
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      const wait = await this.#round().catch((error: unknown) => {
        this.#tools.onError(error);
        return ERROR_MS;
      });
      if (this.#stopping) return;
      await this.#alarm.sleep(Math.max(wait, GAP_MS));
      // A ring ends the sleep at once: under many events, they are looked at together.
      if (!this.#stopping) await delay(GAP_MS);
    }
  }

  /** Answers how long to sleep, in milliseconds. */
  async #round(): Promise<number> {
    const isBehind = [await this.#turn(TIMEOUT), await this.#turn(HOLDOFF), await this.#close()];
    if (isBehind.includes(true)) return 0;
    const due = (await nextDue(this.#tools.db.reader)) ?? Number.POSITIVE_INFINITY;
    const closing = this.#mayClose ? this.#closeAt - performance.now() : POLL_MS;
    return Math.min(due - this.#tools.clock(), closing, POLL_MS);
  }

  /** Without a hint it is looked for now and then: changes may be made that leave no event. */
  async #close(): Promise<boolean> {
    const begun = performance.now();
    if (begun < this.#closeAt) return false;
    this.#mayClose = false;
    const isBehind = await this.#turn(CLOSING).catch((error: unknown) => {
      this.#mayClose = true;
      throw error;
    });
    const end = performance.now();
    this.#closeAt = end + (end - begun) * (1 / CLOSING_SHARE - 1);
    return isBehind;
  }

  /** Changes what is due by the rule, batch by batch. Answers whether more is due than the turn was long enough for. */
  async #turn(rule: TimeRule): Promise<boolean> {
    const end = performance.now() + TURN_MS;
    while (!this.#stopping) {
      const begun = performance.now();
      const count = await advance(this.#tools, rule);
      if (count > 0) this.#tools.onChanged(rule.name, count);
      if (count < BATCH) return false;
      if (performance.now() >= end) return true;
      // Others who write get at least half of the time.
      await delay(performance.now() - begun);
    }
    return false;
  }
}
