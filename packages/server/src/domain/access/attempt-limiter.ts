import { createHash } from 'node:crypto';
import { HOUR, MINUTE, SECOND } from '@kernelci/model';
import { DomainError } from '../../errors.ts';
import type { Database, Tx } from '../../store/database.ts';
import {
  clearThrottle,
  deleteExpiredThrottles,
  forgiveAttempt,
  takeAttempt,
  writeThrottle,
} from '../../store/throttles.ts';
import type { Clock } from '../clock.ts';

/** Failures in a row that cost nothing but themselves: per account, and per address, which people share. */
const ACCOUNT_FAILURES = 10;
const ADDRESS_FAILURES = 20;
/** The wait after the next failure; each further one doubles it. */
const FIRST_WAIT = 30 * SECOND;
const LONGEST_WAIT = 15 * MINUTE;
/** Quiet time after which failures are forgotten. */
const FORGET_AFTER = HOUR;

interface Key {
  key: string;
  free: number;
}

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');

const waitAfter = (failures: number, free: number): number =>
  failures < free ? 0 : Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(failures - free, 10));

/** Slows down guessing of passwords, by account name (known or not) and by address; shared by all instances. */
export class AttemptLimiter {
  readonly #db: Database;
  readonly #clock: Clock;

  constructor(options: { db: Database; clock: Clock }) {
    this.#db = options.db;
    this.#clock = options.clock;
  }

  /** Counts an attempt as failed until `succeeded` takes it back. Throws `throttled` when there were too many. */
  async attempt(username: string, address: string): Promise<void> {
    await this.#db.write(async (tx) => {
      for (const key of this.#keys(username, address)) await this.#take(tx, key);
    });
  }

  async succeeded(username: string, address: string): Promise<void> {
    const [byAccount, byAddress] = this.#keys(username, address);
    await this.#db.write(async (tx) => {
      await clearThrottle(tx, byAccount.key);
      await forgiveAttempt(tx, byAddress.key);
    });
  }

  /**
   * Allows so many acts in an hour under the key. False when there were more: the caller then does nothing, or
   * refuses.
   */
  async allow(kind: string, subject: string, perHour: number): Promise<boolean> {
    const now = this.#clock();
    return this.#db.write(async (tx) => {
      const row = await takeAttempt(tx, `${kind}:${digest(subject)}`, { now, expires: now + HOUR });
      if (row.failures >= perHour) return false;
      await writeThrottle(tx, { ...row, failures: row.failures + 1 });
      return true;
    });
  }

  async forgetExpired(): Promise<void> {
    await this.#db.write((tx) => deleteExpiredThrottles(tx, this.#clock()));
  }

  #keys(username: string, address: string): [Key, Key] {
    return [
      { key: `account:${digest(username)}`, free: ACCOUNT_FAILURES },
      { key: `address:${digest(address)}`, free: ADDRESS_FAILURES },
    ];
  }

  async #take(tx: Tx, { key, free }: Key): Promise<void> {
    const now = this.#clock();
    const row = await takeAttempt(tx, key, { now, expires: now + FORGET_AFTER });
    if (row.blocked_until > now) {
      const retryAfter = Math.ceil((row.blocked_until - now) / SECOND);
      throw new DomainError('throttled', `Too many failed attempts, try again in ${retryAfter} seconds`, {
        retryAfter,
      });
    }
    const failures = row.failures + 1;
    const wait = waitAfter(failures, free);
    await writeThrottle(tx, { key, failures, expires: now + FORGET_AFTER, blocked_until: wait && now + wait });
  }
}
