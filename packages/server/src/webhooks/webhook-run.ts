import { setTimeout as delay } from 'node:timers/promises';
import { SECOND } from '@kernelci/model';
import { cloudEvent, uuidOf } from '../domain/events/cloud-event.ts';
import type { Tx } from '../store/database.ts';
import { StoreUnavailable } from '../store/errors.ts';
import type { EventRow } from '../store/event-row.ts';
import { trimDeliveries } from '../store/webhook-deliveries.ts';
import { findActiveWebhook, type Lease, moveOn, type WorkRow } from '../store/webhook-work.ts';
import type { DeliveryTools } from './delivery-tools.ts';
import { EntryReader } from './entry-reader.ts';
import type { LeaseHolder } from './lease-holder.ts';
import { type Attempt, consequenceOf, storeDelivered, storeFailed } from './record-outcome.ts';
import type { WatchedWebhook } from './watched-webhook.ts';

/** After so long others have their turn. */
const TURN_MS = 5 * SECOND;
/** A receiver that answers within this is quick. */
const QUICK_MS = 2 * SECOND;
/** How soon to look again at a webhook that is somebody else's or has changed. */
const AGAIN_MS = SECOND / 5;
const STORE_RETRY_MS = SECOND;
/** So many records are written between two times that old ones are removed. */
const TRIM_EVERY = 100;

/** One turn of a webhook: delivers what there is for it, in order, until something fails or its time is over. */
export class WebhookRun {
  readonly #tools: DeliveryTools;
  readonly #holder: LeaseHolder;
  readonly #webhook: WatchedWebhook;
  readonly #isEnding: () => boolean;
  readonly #stopped: AbortSignal;
  #lease: Lease | undefined;
  #delivered = 0;

  constructor(
    tools: DeliveryTools,
    work: {
      holder: LeaseHolder;
      webhook: WatchedWebhook;
      /** Whether the turn is to end after what is under way, … */
      isEnding: () => boolean;
      /** … and whether that is to be broken off. */
      stopped: AbortSignal;
    },
  ) {
    this.#tools = tools;
    this.#holder = work.holder;
    this.#webhook = work.webhook;
    this.#isEnding = work.isEnding;
    this.#stopped = work.stopped;
  }

  /** Answers `changed` when the webhook is not any more what this process takes it for. */
  async run(): Promise<'changed' | 'done'> {
    const { db, feed, clock } = this.#tools;
    const webhook = this.#webhook;
    const row = await findActiveWebhook(db.reader, webhook.id);
    if (row?.revision !== webhook.revision) {
      webhook.notBefore = clock() + AGAIN_MS;
      return 'changed';
    }
    webhook.learn(row, this.#holder.name);
    if (webhook.notBefore > clock()) return 'done';
    if (row.lease_holder === this.#holder.name)
      this.#lease = { ...this.#holder.lease(webhook), until: row.lease_until };
    const onGap = (purged: number) => this.#tellGap(row, purged);
    const entries = new EntryReader({ reader: db.reader, feed, onGap }, webhook);
    const end = clock() + TURN_MS;
    while (!this.#isEnding() && clock() < end) {
      const event = await entries.next();
      if (event !== undefined) {
        if (!(await this.#deliver(row, event))) return 'done';
      } else if (webhook.seen >= feed.tail) {
        // In the same turn of the loop as the look at the tail: what comes behind it finds the webhook idle.
        webhook.isIdle = true;
        return 'done';
      }
    }
    return 'done';
  }

  async #tellGap(row: WorkRow, purged: number): Promise<void> {
    const { db, metrics, log } = this.#tools;
    const { id, seen, revision } = this.#webhook;
    const missed = purged - seen;
    const error = `${missed} entries of the log were removed before they could be delivered`;
    // Of several processes that find out, one tells.
    if (!(await db.write((tx) => moveOn(tx, { id, revision, position: purged }, error)))) return;
    metrics.eventsLost.inc({ reader: 'webhook' }, missed);
    log.warn({ webhook: id, user: row.username, missed }, 'events were removed before they were delivered');
  }

  /** False when nothing more can be delivered in this turn. */
  async #deliver(row: WorkRow, event: EventRow): Promise<boolean> {
    const { clock, sender } = this.#tools;
    const webhook = this.#webhook;
    this.#lease = await this.#holder.take(webhook, this.#lease, event.seq);
    const lease = this.#lease;
    if (lease === undefined) {
      webhook.notBefore = clock() + AGAIN_MS;
      return false;
    }
    const message = { id: uuidOf(event.id), body: cloudEvent(event) };
    const began = clock();
    const sent = await this.#holder.during(lease, () => sender.send(row, message, this.#stopped));
    const attempt: Attempt = { event, began, number: row.attempts + 1, sent };
    webhook.isSlow = sent.error !== null || sent.ms > QUICK_MS;
    const outcome = sent.error === null ? 'delivered' : 'failed';
    this.#tools.metrics.webhookDeliveries.inc({ outcome });
    return sent.error === null ? this.#delivery(row, attempt) : this.#failure(row, attempt, lease);
  }

  async #delivery(row: WorkRow, attempt: Attempt): Promise<boolean> {
    const webhook = this.#webhook;
    const lease = this.#holder.lease(webhook);
    this.#delivered += 1;
    const trims = this.#delivered % TRIM_EVERY === 0;
    const recorded = await this.#store(async (tx) => {
      const stored = await storeDelivered(tx, lease, attempt);
      if (trims) await trimDeliveries(tx, webhook.id);
      return stored;
    });
    if (!recorded) {
      webhook.notBefore = this.#tools.clock() + AGAIN_MS;
      return false;
    }
    this.#lease = lease;
    webhook.seen = attempt.event.seq;
    webhook.stored = attempt.event.seq;
    row.attempts = 0;
    row.failing_since = null;
    return true;
  }

  async #failure(row: WorkRow, attempt: Attempt, lease: Lease): Promise<false> {
    const { log, clock } = this.#tools;
    const consequence = consequenceOf(this.#tools, row, attempt);
    const { next } = consequence;
    const recorded = await this.#store((tx) =>
      storeFailed(tx, this.#tools, row, { lease, attempt, consequence }),
    );
    this.#webhook.notBefore = (recorded ? next : undefined) ?? clock() + AGAIN_MS;
    if (!recorded) return false;
    const about = {
      webhook: row.id,
      sequence_id: attempt.event.seq,
      attempt: attempt.number,
      error: attempt.sent.error,
    };
    if (next === undefined) log.warn({ ...about, user: row.username }, 'webhook disabled');
    else log.info({ ...about, next: new Date(next).toISOString() }, 'webhook delivery failed');
    return false;
  }

  /** Goes on until the database is there: to forget that something was delivered would send it again. */
  async #store<T>(change: (tx: Tx) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await this.#tools.db.write(change);
      } catch (error) {
        if (!(error instanceof StoreUnavailable) || this.#stopped.aborted) throw error;
      }
      await delay(STORE_RETRY_MS, undefined, { signal: this.#stopped }).catch(() => undefined);
    }
  }
}
