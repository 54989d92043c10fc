import { DAY } from '@kernelci/model';
import { defaultTiming } from '../mail/timing.ts';
import type { Database } from '../store/database.ts';
import { purgeEvents } from '../store/events.ts';
import { deleteFailedMails } from '../store/mails.ts';
import { deleteIdempotencyKeys } from '../store/repeat-keys.ts';
import { deleteAbandoned } from '../store/subscriptions.ts';
import { purgeTelemetry } from '../store/telemetry.ts';
import { deleteExpiredTokens } from '../store/tokens.ts';
import { deleteOldDeliveries, overfullWebhooks, trimDeliveries } from '../store/webhook-deliveries.ts';
import type { AttemptLimiter } from './access/attempt-limiter.ts';
import type { Clock } from './clock.ts';

/** Expired tokens are listed no more; their rows go this much later. */
const EXPIRED_TOKENS_KEPT = 7 * DAY;
/** How long the first answer of a request with an Idempotency-Key is repeated. */
const IDEMPOTENCY_KEPT = DAY;

/**
 * Subscriptions that nobody listens to go this much later than the events that they have not told: who comes back in
 * between is told how many there were.
 */
const ABANDONED_LATER = DAY;

/** Events removed in one transaction: it must not hold writers up. */
const PURGE_BATCH = 1000;
/** Of telemetry, with its indexes, fewer. */
const TELEMETRY_BATCH = 300;

/** Removes now and then what has no use any more. */
export class Housekeeping {
  readonly #options: {
    db: Database;
    limiter: AttemptLimiter;
    clock: Clock;
    /** How long events are kept. */
    eventsKeptMs: number;
    /** How long telemetry is kept. */
    telemetryKeptMs: number;
    everyMs: number;
    onError: (error: unknown) => void;
  };
  #timer: NodeJS.Timeout | undefined;
  #running = Promise.resolve();

  constructor(options: {
    db: Database;
    limiter: AttemptLimiter;
    clock: Clock;
    /** How long events are kept. */
    eventsKeptMs: number;
    /** How long telemetry is kept. */
    telemetryKeptMs: number;
    everyMs: number;
    onError: (error: unknown) => void;
  }) {
    this.#options = options;
  }

  start(): void {
    const { everyMs, onError } = this.#options;
    this.#timer = setInterval(() => {
      this.#running = this.#run().catch(onError);
    }, everyMs);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  async #run(): Promise<void> {
    const { db, limiter, clock, eventsKeptMs, telemetryKeptMs } = this.#options;
    await limiter.forgetExpired();
    await db.write((tx) => deleteExpiredTokens(tx, clock() - EXPIRED_TOKENS_KEPT));
    await db.write((tx) => deleteIdempotencyKeys(tx, clock() - IDEMPOTENCY_KEPT));
    await db.write((tx) => deleteFailedMails(tx, clock() - defaultTiming.keepFailed));
    const oldest = clock() - eventsKeptMs;
    await db.write((tx) => deleteAbandoned(tx, oldest - ABANDONED_LATER));
    await db.write((tx) => deleteOldDeliveries(tx, oldest));
    for (const id of await overfullWebhooks(db.reader)) await db.write((tx) => trimDeliveries(tx, id));
    while ((await db.write((tx) => purgeEvents(tx, oldest, PURGE_BATCH))) === PURGE_BATCH);
    const first = clock() - telemetryKeptMs;
    while ((await db.write((tx) => purgeTelemetry(tx, first, TELEMETRY_BATCH))) === TELEMETRY_BATCH);
  }
}
