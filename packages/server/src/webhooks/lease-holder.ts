import { randomUUID } from 'node:crypto';
import { SECOND } from '@kernelci/model';
import type { Database } from '../store/database.ts';
import { extendLease, type Lease, takeLease } from '../store/webhook-work.ts';

/** So long after the process that delivers is gone another one takes over. */
const LEASE_MS = 10 * SECOND;
const RENEWALS_PER_LEASE = 4;

/** This process among all that deliver from the same database. */
export class LeaseHolder {
  readonly name = randomUUID();
  readonly #db: Database;
  readonly #clock: () => number;

  constructor(options: { db: Database; clock: () => number }) {
    this.#db = options.db;
    this.#clock = options.clock;
  }

  /** A lease from now on. */
  lease(webhook: { id: string; revision: number }): Lease {
    return {
      id: webhook.id,
      revision: webhook.revision,
      holder: this.name,
      until: this.#clock() + LEASE_MS,
    };
  }

  /** Takes the webhook for the entry, unless `known` says that it is ours for a while. Undefined: others have it. */
  async take(
    webhook: { id: string; revision: number },
    known: Lease | undefined,
    sequenceId: number,
  ): Promise<Lease | undefined> {
    const now = this.#clock();
    if (known !== undefined && known.until > now + LEASE_MS / 2) return known;
    const lease = this.lease(webhook);
    const taken = await this.#db.write((tx) => takeLease(tx, lease, { now, sequenceId }));
    return taken ? lease : undefined;
  }

  /** Keeps the lease as long as the task takes. */
  async during<T>(lease: Lease, task: () => Promise<T>): Promise<T> {
    let renewal = Promise.resolve();
    const timer = setInterval(() => {
      // A database that does not answer now may do so for the next renewal.
      const renew = () => this.#db.write((tx) => extendLease(tx, this.lease(lease))).catch(() => undefined);
      renewal = renewal.then(renew);
    }, LEASE_MS / RENEWALS_PER_LEASE);
    try {
      return await task();
    } finally {
      clearInterval(timer);
      await renewal;
    }
  }
}
