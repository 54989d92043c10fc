import { DAY } from '@kernelci/model';
import { defaultTiming } from '../mail/timing.ts';
import type { Database } from '../store/database.ts';
import { deleteFailedMails } from '../store/mails.ts';
import { deleteAbandoned } from '../store/subscriptions.ts';
import { overfullWebhooks, trimDeliveries } from '../store/webhook-deliveries.ts';
import type { AttemptLimiter } from './access/attempt-limiter.ts';
import type { Clock } from './clock.ts';
import { giveSpaceBack } from './retention/give-space-back.ts';
import { type Kept, oldThings } from './retention/old-things.ts';

/**
 * Subscriptions that nobody listens to go this much later than the events that they have not told: who comes back in
 * between is told how many there were.
 */
const ABANDONED_LATER = DAY;

interface Options {
  db: Database;
  limiter: AttemptLimiter;
  clock: Clock;
  kept: Kept;
  everyMs: number;
  onError: (error: unknown) => void;
}

/** Removes now and then what has no use any more. */
export class Housekeeping {
  readonly #options: Options;
  readonly #stopped = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  start(): void {
    const { everyMs, onError } = this.#options;
    this.#timer = setInterval(() => {
      // There may be more to remove than there is time between two turns.
      this.#running ??= this.#run()
        .catch(onError)
        .finally(() => {
          this.#running = undefined;
        });
    }, everyMs);
    this.#timer.unref();
  }

  /** Ends after the batch in hand. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopped.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { db, limiter, clock, kept } = this.#options;
    const { signal } = this.#stopped;
    await limiter.forgetExpired();
    await db.write((tx) => deleteFailedMails(tx, clock() - defaultTiming.keepFailed));
    await db.write((tx) => deleteAbandoned(tx, clock() - kept.eventsMs - ABANDONED_LATER));
    for (const id of await overfullWebhooks(db.reader)) await db.write((tx) => trimDeliveries(tx, id));
    for (const old of oldThings(kept, clock())) await old.remove(db, { signal });
    await giveSpaceBack(db, { signal });
  }
}
