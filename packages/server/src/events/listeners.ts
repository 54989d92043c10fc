import { DomainError, notFound } from '../errors.ts';
import type { Executor } from '../store/database.ts';
import type { EventRow } from '../store/events.ts';
import type { SubscriptionRow } from '../store/subscriptions.ts';
import type { EventFeed } from './feed.ts';
import type { Waiter } from './handover.ts';
import { Listener } from './listener.ts';
import type { ProgressRecorder } from './progress-recorder.ts';

/** A subscriber came back for entries that had been removed. */
export type Gap = SubscriptionRow & { missed: number };

export interface ListenersOptions {
  reader: Executor;
  feed: EventFeed;
  recorder: ProgressRecorder;
  clock: () => number;
  /** How long a listener waits before it is told that nothing happened; 0: for ever. */
  keepAliveMs: number;
  onGap: (gap: Gap) => void;
}

export interface ListenerTools extends ListenersOptions {
  /** Nobody listens to the subscription any more. */
  idle(id: number): void;
}

/** All subscriptions that somebody listens to in this process. */
export class Listeners {
  readonly #tools: ListenerTools;
  readonly #listeners = new Map<number, Listener>();

  constructor(options: ListenersOptions) {
    this.#tools = { ...options, idle: (id) => this.#forget(id) };
  }

  /** How many subscriptions somebody listens to at the moment. */
  get size(): number {
    return this.#listeners.size;
  }

  /** Waits for the subscription's next event. Answers how to give up. */
  listen(row: SubscriptionRow, waiter: Waiter<EventRow>): () => void {
    let listener = this.#listeners.get(row.id);
    const superseded = new DomainError('unavailable', 'the subscriber has subscribed again');
    if (listener !== undefined && listener.generation > row.generation) {
      waiter.refuse(superseded);
      return () => undefined;
    }
    if (listener === undefined || listener.generation < row.generation) {
      listener?.refuseAll(superseded);
      listener = new Listener(this.#tools, row);
      this.#listeners.set(row.id, listener);
    }
    return listener.listen(row, waiter);
  }

  /** The subscription is no more. */
  end(id: number): void {
    this.#listeners.get(id)?.refuseAll(notFound(`Subscription id not found: 'Subscription ${id} not found'`));
    this.#listeners.delete(id);
  }

  /** Ends all waiting: the clients ask again, and another instance or the next process answers. */
  refuseAll(): void {
    for (const listener of this.#listeners.values()) {
      listener.refuseAll(new DomainError('unavailable', 'The server is stopping', { retryAfter: 1 }));
    }
  }

  /** Resolves when it is known, and noted, what became of every event. */
  async stop(): Promise<void> {
    this.refuseAll();
    await Promise.all([...this.#listeners.values()].map((listener) => listener.rest()));
  }

  /** Keeps a listener while the database does not know yet how far it has come. */
  async #forget(id: number): Promise<void> {
    const listener = this.#listeners.get(id);
    if (listener === undefined) return;
    if (this.#tools.recorder.isPending(id)) await this.#tools.recorder.flush();
    if (listener.isIdle && this.#listeners.get(id) === listener) this.#listeners.delete(id);
  }
}
