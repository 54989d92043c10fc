import { SECOND } from '@kernelci/model';
import { Alarm } from '../alarm.ts';
import { eventFilterOf } from '../domain/events/stored-filter.ts';
import type { EventRow } from '../store/event-row.ts';
import { type ActiveWebhook, freeLeases, listActiveWebhooks, moveOn } from '../store/webhook-work.ts';
import type { DeliveryTools } from './delivery-tools.ts';
import { LeaseHolder } from './lease-holder.ts';
import { dataReader, WatchedWebhook } from './watched-webhook.ts';
import { WebhookRun } from './webhook-run.ts';

/** Webhooks delivered to at once by one process … */
const PARALLEL = 20;
/** … of these at the most so many that are not known to be quick: the rest is for those that are; … */
const PARALLEL_SLOW = 10;
/** … and of these so many of one user. */
const SLOW_OF_USER = 4;
/** How often to look for what other processes have changed. */
const LOAD_MS = 5 * SECOND;
/** How often positions are stored that have moved without a delivery. */
const KEEP_MS = 10 * SECOND;
const ERROR_MS = SECOND;
/** How long a stop waits for the requests in flight. */
const STOP_MS = 5 * SECOND;

interface Running {
  turn: Promise<void>;
  breakOff: AbortController;
  /** As it was when the turn began. */
  isSlow: boolean;
  userId: string;
}

/**
 * Delivers the events of the log to the webhooks that are for them. Any number of processes may do so from one
 * database: each webhook is one's at a time. Every event is delivered in order and at least once, and more than once
 * only when a process dies, or the webhook is changed, between a delivery and the record of it.
 */
export class WebhookWorker {
  readonly #tools: DeliveryTools & { onError: (error: unknown) => void };
  readonly #holder: LeaseHolder;
  readonly #webhooks = new Map<string, WatchedWebhook>();
  /** Those that are not idle, whoever had a turn last at the end. */
  readonly #queue = new Set<WatchedWebhook>();
  readonly #running = new Map<string, Running>();
  readonly #alarm = new Alarm();
  readonly #stopped = new AbortController();
  #stopping = false;
  #loop = Promise.resolve();
  #unfollow = () => {};
  #loadAt = 0;
  #keepAt = 0;

  constructor(tools: DeliveryTools & { onError: (error: unknown) => void }) {
    this.#tools = tools;
    this.#holder = new LeaseHolder(tools);
  }

  get size(): number {
    return this.#webhooks.size;
  }

  /** As this process knows them. */
  get watched(): Iterable<Pick<WatchedWebhook, 'id' | 'revision' | 'filter' | 'seen'>> {
    return this.#webhooks.values();
  }

  start(): void {
    this.#unfollow = this.#tools.feed.follow((entries) => this.#look(entries));
    this.#loop = this.#run();
  }

  /** Webhooks have been changed here. */
  wake(): void {
    this.#loadAt = 0;
    this.#alarm.ring();
  }

  /** Ends with the requests in flight; those that take too long are broken off and made again by the next process. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#unfollow();
    this.#alarm.ring();
    await this.#loop;
    const timer = setTimeout(() => this.#stopped.abort(), STOP_MS);
    await Promise.all([...this.#running.values()].map(({ turn }) => turn));
    clearTimeout(timer);
    this.#stopped.abort();
    await this.#keepPositions().catch(this.#tools.onError);
    await this.#tools.db.write((tx) => freeLeases(tx, this.#holder.name)).catch(this.#tools.onError);
    this.#tools.sender.close();
  }

  #look(entries: readonly EventRow[]): void {
    const dataOf = dataReader();
    for (const webhook of this.#webhooks.values()) {
      // Those that are not idle will come to the entries by themselves.
      if (!webhook.isIdle || !webhook.look(entries, dataOf)) continue;
      webhook.isIdle = false;
      this.#queue.add(webhook);
      this.#alarm.ring();
    }
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      const wait = await this.#round().catch((error: unknown) => {
        this.#tools.onError(error);
        return ERROR_MS;
      });
      if (!this.#stopping) await this.#alarm.sleep(wait);
    }
  }

  /** Answers how long to sleep, in milliseconds. */
  async #round(): Promise<number> {
    const { clock } = this.#tools;
    if (clock() >= this.#loadAt) {
      this.#loadAt = clock() + LOAD_MS;
      await this.#load();
    }
    if (clock() >= this.#keepAt) {
      this.#keepAt = clock() + KEEP_MS;
      await this.#keepPositions();
    }
    const due = this.#startTurns();
    return Math.max(0, Math.min(due, this.#loadAt, this.#keepAt) - clock());
  }

  async #load(): Promise<void> {
    const rows = await listActiveWebhooks(this.#tools.db.reader);
    const ids = new Set(rows.map(({ id }) => id));
    for (const [id, webhook] of this.#webhooks) {
      if (!ids.has(id)) this.#forget(webhook);
    }
    for (const row of rows) {
      const known = this.#webhooks.get(row.id);
      if (known?.revision !== row.revision) this.#watch(row, known);
      else if (!this.#running.has(row.id)) known.learn(row, this.#holder.name);
    }
  }

  #watch(row: ActiveWebhook, known: WatchedWebhook | undefined): void {
    // What was read may be older than what is known.
    if (known !== undefined && known.revision > row.revision) return;
    if (known !== undefined) this.#forget(known);
    const webhook = new WatchedWebhook(row, eventFilterOf(row));
    webhook.learn(row, this.#holder.name);
    webhook.isSlow = known?.isSlow ?? true;
    this.#webhooks.set(row.id, webhook);
    this.#queue.add(webhook);
  }

  /** What is under way for it is not wanted any more, or will be done as it is wanted now. */
  #forget(webhook: WatchedWebhook): void {
    this.#running.get(webhook.id)?.breakOff.abort();
    this.#webhooks.delete(webhook.id);
    this.#queue.delete(webhook);
  }

  /** Answers when the next one that waits for its time is due. */
  #startTurns(): number {
    const now = this.#tools.clock();
    let due = Number.POSITIVE_INFINITY;
    for (const webhook of [...this.#queue]) {
      // Whoever ends a turn rings.
      if (this.#running.size >= PARALLEL) break;
      if (this.#running.has(webhook.id)) continue;
      if (webhook.notBefore > now) due = Math.min(due, webhook.notBefore);
      else if (!webhook.isSlow || this.#hasPlaceForSlow(webhook)) this.#start(webhook);
    }
    return due;
  }

  #hasPlaceForSlow({ userId }: WatchedWebhook): boolean {
    const slow = [...this.#running.values()].filter(({ isSlow }) => isSlow);
    return (
      slow.length < PARALLEL_SLOW && slow.filter((running) => running.userId === userId).length < SLOW_OF_USER
    );
  }

  #start(webhook: WatchedWebhook): void {
    this.#queue.delete(webhook);
    const isEnding = () => this.#stopping;
    const breakOff = new AbortController();
    const stopped = AbortSignal.any([this.#stopped.signal, breakOff.signal]);
    const work = { holder: this.#holder, webhook, isEnding, stopped };
    const turn = new WebhookRun(this.#tools, work).run().then(
      (outcome) => {
        if (outcome === 'changed') this.#loadAt = 0;
      },
      (error: unknown) => {
        webhook.notBefore = this.#tools.clock() + ERROR_MS;
        if (!stopped.aborted) this.#tools.onError(error);
      },
    );
    const ended = turn.finally(() => {
      this.#running.delete(webhook.id);
      if (!webhook.isIdle && this.#webhooks.get(webhook.id) === webhook) this.#queue.add(webhook);
      this.#alarm.ring();
    });
    const { isSlow, userId } = webhook;
    this.#running.set(webhook.id, { turn: ended, breakOff, isSlow, userId });
  }

  /** Positions that have moved because nothing was to be delivered. */
  async #keepPositions(): Promise<void> {
    const moved = [...this.#webhooks.values()]
      .filter(({ isIdle, seen, stored }) => isIdle && seen > stored)
      .map((webhook) => ({ webhook, position: webhook.seen }))
      // In one order everywhere: processes do not wait for each other in a circle.
      .sort((a, b) => (a.webhook.id < b.webhook.id ? -1 : 1));
    if (moved.length === 0) return;
    await this.#tools.db.write(async (tx) => {
      for (const { webhook, position } of moved) {
        await moveOn(tx, { id: webhook.id, revision: webhook.revision, position });
      }
    });
    for (const { webhook, position } of moved) webhook.stored = Math.max(webhook.stored, position);
  }
}
