import type { Database } from '../store/database.ts';
import { type MailRow, moveDue } from '../store/mails.ts';

/** Several renewals may fail before the claim is lost. */
const RENEWALS_PER_LEASE = 4;

/** Holds a claimed mail by renewing its lease, which runs out soon when this process is gone. */
export class Claim {
  readonly #db: Database;
  readonly #id: string;
  readonly #clock: () => number;
  readonly #length: number;
  readonly #timer: NodeJS.Timeout;
  #lease: number;
  #renewal = Promise.resolve();

  constructor(db: Database, mail: MailRow, times: { clock: () => number; lease: number }) {
    this.#db = db;
    this.#id = mail.id;
    this.#lease = mail.due;
    this.#clock = times.clock;
    this.#length = times.lease;
    this.#timer = setInterval(() => {
      this.#renewal = this.#renewal.then(() => this.#renew());
    }, times.lease / RENEWALS_PER_LEASE);
  }

  /** Ends the renewals and gives the lease that the mail's row carries. */
  async end(): Promise<number> {
    clearInterval(this.#timer);
    await this.#renewal;
    return this.#lease;
  }

  async #renew(): Promise<void> {
    const move = { id: this.#id, from: this.#lease, to: this.#clock() + this.#length };
    // A database that does not answer now may do so for the next renewal.
    const moved = await this.#db.write((tx) => moveDue(tx, move)).catch(() => false);
    if (moved) this.#lease = move.to;
  }
}
