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
import { Turns } from './turns.ts';

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
  // There may be more to remove than there is time between two of them.
  readonly #turns: Turns;

  constructor(options: Options) {
    this.#options = options;
    this.#turns = new Turns(options);
  }

  start(): void {
    this.#turns.start((signal) => this.#run(signal));
  }

  /** Ends after the batch in hand. */
  stop(): Promise<void> {
    return this.#turns.stop();
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { db, limiter, clock, kept } = this.#options;
    await limiter.forgetExpired();
    await db.write((tx) => deleteFailedMails(tx, clock() - defaultTiming.keepFailed));
    await db.write((tx) => deleteAbandoned(tx, clock() - kept.eventsMs - ABANDONED_LATER));
    for (const id of await overfullWebhooks(db.reader)) await db.write((tx) => trimDeliveries(tx, id));
    for (const old of oldThings(kept, clock())) await old.remove(db, { signal });
    await giveSpaceBack(db, { signal });
  }
}
