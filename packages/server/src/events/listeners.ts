import { DomainError, notFound } from '../errors.ts';
import type { Executor } from '../store/database.ts';
import type { EventRow } from '../store/event-row.ts';
import type { SubscriptionRow } from '../store/subscriptions.ts';
import type { EventFeed } from './feed.ts';
import type { Waiter } from './handover.ts';
import { Listener } from './listener.ts';
import type { ProgressRecorder } from './progress-recorder.ts';

/** How long a listener is kept that nobody waits at. */
const KEPT_MS = 20_000;

/** A subscriber came back for entries that had been removed. */
export type Gap = SubscriptionRow & { missed: number };

export interface ListenersOptions {
  reader: Executor;
  feed: EventFeed;
  recorder: ProgressRecorder;
  clock: () => number;
  /** This process's name for itself. */
  self: string;
  /** Whether other processes may serve the same subscriptions. */
  isShared: boolean;
  /** How long a listener waits before it is told that nothing happened; 0: for ever. */
  keepAliveMs: number;
  onGap: (gap: Gap) => void;
}

/** All subscriptions that somebody listens to in this process. */
export class Listeners {
  readonly #tools: ListenersOptions;
  readonly #timer: NodeJS.Timeout;
  readonly #listeners = new Map<number, Listener>();

  constructor(options: ListenersOptions) {
    this.#tools = options;
    this.#timer = setInterval(() => this.#sweep(), KEPT_MS / 2);
    this.#timer.unref();
  }

  /** How many subscriptions somebody listens to at the moment. */
  get size(): number {
    return [...this.#listeners.values()].filter(({ idleSince }) => idleSince === undefined).length;
  }

  /** How far the subscription is known to have come here; 0 when nothing is known. It may have come further elsewhere. */
  positionOf({ id, generation }: Pick<SubscriptionRow, 'id' | 'generation'>): number {
    const listener = this.#listeners.get(id);
    return listener?.generation === generation ? listener.position : 0;
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
    clearInterval(this.#timer);
    this.refuseAll();
    await Promise.all([...this.#listeners.values()].map((listener) => listener.rest()));
  }

  /**
   * Keeps a listener for a while: whoever comes back may have been looked up before it was stored how far it had come.
   */
  #sweep(): void {
    const { clock, recorder } = this.#tools;
    for (const [id, listener] of this.#listeners) {
      const { idleSince } = listener;
      if (idleSince === undefined || clock() - idleSince < KEPT_MS || recorder.isPending(id)) continue;
      this.#listeners.delete(id);
    }
  }
}
