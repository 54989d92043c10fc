import { setTimeout as delay } from 'node:timers/promises';
import { SECOND } from '@kernelci/model';
import type { BaseLogger } from 'pino';
import type { Database, Tx } from '../store/database.ts';
import { StoreUnavailable } from '../store/errors.ts';
import {
  deleteFailedMails,
  deleteMail,
  failMail,
  type MailRow,
  moveDue,
  postponeMail,
} from '../store/mails.ts';
import { Claim } from './claim.ts';
import { type DeliveryFailure, toDeliveryFailure } from './delivery-failure.ts';
import { type MailTiming, retryAt } from './timing.ts';
import type { MailTransport } from './transport.ts';

export type MailLog = Pick<BaseLogger, 'info' | 'warn' | 'error'>;

export interface DeliveryTools {
  db: Database;
  transport: MailTransport;
  log: MailLog;
  clock: () => number;
  timing: MailTiming;
}

/** `serverDown`: other mails would have fared no better. */
export type DeliveryOutcome = 'sent' | 'failed' | 'serverDown' | 'released';
type Sending = { sent: true } | { sent: false; failure: DeliveryFailure | 'stopped' };

const STORE_RETRY = SECOND;

/**
 * One attempt at a claimed mail. The row is deleted only after the mail is out, so that no crash loses a mail; one
 * between the two sends it twice, with the same Message-ID.
 */
export class Delivery {
  readonly #tools: DeliveryTools;
  readonly #mail: MailRow;
  readonly #stopped: AbortSignal;

  /** `stopped` breaks off the attempt; the mail is then free for the next worker. */
  constructor(tools: DeliveryTools, mail: MailRow, stopped: AbortSignal) {
    this.#tools = tools;
    this.#mail = mail;
    this.#stopped = stopped;
  }

  async run(): Promise<DeliveryOutcome> {
    const { db, clock, timing } = this.#tools;
    const claim = new Claim(db, this.#mail, { clock, lease: timing.lease });
    const sending = await this.#send();
    const lease = await claim.end();
    if (sending.sent) return this.#recordSent();
    if (sending.failure === 'stopped') return this.#release(lease);
    return this.#recordFailure(sending.failure, lease);
  }

  async #send(): Promise<Sending> {
    const { transport, timing } = this.#tools;
    const signal = AbortSignal.any([this.#stopped, AbortSignal.timeout(timing.attempt)]);
    try {
      await transport.send(this.#mail, signal);
      return { sent: true };
    } catch (error) {
      return { sent: false, failure: this.#stopped.aborted ? 'stopped' : toDeliveryFailure(error) };
    }
  }

  async #recordSent(): Promise<DeliveryOutcome> {
    await this.#store((tx) => deleteMail(tx, this.#mail.id));
    this.#tools.log.info({ mail: this.#mail.id, attempt: this.#mail.attempts + 1 }, 'mail sent');
    return 'sent';
  }

  async #release(lease: number): Promise<DeliveryOutcome> {
    const { id } = this.#mail;
    await this.#store(async (tx) => {
      await moveDue(tx, { id, from: lease, to: this.#tools.clock() });
    });
    return 'released';
  }

  async #recordFailure(failure: DeliveryFailure, lease: number): Promise<DeliveryOutcome> {
    const { log, clock, timing } = this.#tools;
    const { id, created, attempts: before } = this.#mail;
    const now = clock();
    const attempts = before + 1;
    const about = { mail: id, attempt: attempts, error: failure.summary };
    const due = retryAt(timing, now, attempts);
    if (failure.permanent || due > created + timing.giveUp) {
      await this.#store(async (tx) => {
        await failMail(tx, { id, lease }, { attempts, last_error: failure.summary });
        await deleteFailedMails(tx, now - timing.keepFailed);
      });
      log.error(about, 'mail cannot be delivered; no further attempt');
      return 'failed';
    }
    await this.#store((tx) =>
      postponeMail(tx, { id, lease }, { attempts, due, last_error: failure.summary }),
    );
    log.warn({ ...about, nextAttempt: new Date(due).toISOString() }, 'mail not delivered yet');
    return failure.serverDown ? 'serverDown' : 'failed';
  }

  /** Goes on until the database is there: to forget that a mail was sent would send it again. */
  async #store(change: (tx: Tx) => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await this.#tools.db.write(change);
      } catch (error) {
        if (!(error instanceof StoreUnavailable) || this.#stopped.aborted) throw error;
      }
      await delay(STORE_RETRY, undefined, { signal: this.#stopped }).catch(() => undefined);
    }
  }
}
