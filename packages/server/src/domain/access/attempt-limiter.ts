import { createHash } from 'node:crypto';
import { HOUR, MINUTE, SECOND } from '@kernelci/model';
import { DomainError } from '../../errors.ts';
import type { Database } from '../../store/database.ts';
import {
  clearThrottle,
  deleteExpiredThrottles,
  lockThrottle,
  readThrottle,
  type ThrottleRow,
  writeThrottle,
} from '../../store/throttles.ts';
import type { Clock } from '../clock.ts';
import { KeyedLimit } from './keyed-limit.ts';

/** Failures in a row that cost nothing but themselves: per account, and per address, which people share. */
const ACCOUNT_FAILURES = 10;
const ADDRESS_FAILURES = 20;
/** The wait after the next failure; each further one doubles it. */
const FIRST_WAIT = 30 * SECOND;
const LONGEST_WAIT = 15 * MINUTE;
/** Quiet time after which failures are forgotten. */
const FORGET_AFTER = HOUR;
/** Attempts at one account that are verified at once: more guesses than this never go unseen. */
const AT_ONCE = 4;

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
  readonly #running = new KeyedLimit(AT_ONCE);

  constructor(options: { db: Database; clock: Clock }) {
    this.#db = options.db;
    this.#clock = options.clock;
  }

  /**
   * Makes an attempt at the account from the address: `verify` tells whether it succeeds. Failures count for both,
   * a success clears the account's. Throws `throttled`, without verifying, when there were too many.
   */
  async attempt<T>(
    username: string,
    address: string,
    verify: () => Promise<T | undefined>,
  ): Promise<T | undefined> {
    const [byAccount, byAddress] = this.#keys(username, address);
    return this.#running.run(byAccount.key, async () => {
      const known = await this.#refuseBlocked(byAccount, byAddress);
      const result = await verify();
      if (result === undefined) await this.#fail([byAccount, byAddress]);
      else if (known) await this.#db.write((tx) => clearThrottle(tx, byAccount.key));
      return result;
    });
  }

  /**
   * Allows so many acts in an hour under the key. False when there were more: the caller then does nothing, or
   * refuses.
   */
  async allow(kind: string, subject: string, perHour: number): Promise<boolean> {
    const now = this.#clock();
    return this.#db.write(async (tx) => {
      const row = await lockThrottle(tx, `${kind}:${digest(subject)}`, { now, expires: now + HOUR });
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

  /** Throws `throttled` while attempts are refused; tells whether the account has failures to clear. */
  async #refuseBlocked(byAccount: Key, byAddress: Key): Promise<boolean> {
    const now = this.#clock();
    const rows = await Promise.all(
      [byAccount, byAddress].map(({ key }) => readThrottle(this.#db.reader, key)),
    );
    const blockedUntil = Math.max(0, ...rows.map((row) => row?.blocked_until ?? 0));
    if (blockedUntil <= now) return rows[0] !== undefined;
    const retryAfter = Math.ceil((blockedUntil - now) / SECOND);
    const message = `Too many failed attempts, try again in ${retryAfter} seconds`;
    throw new DomainError('throttled', message, { retryAfter });
  }

  async #fail(keys: readonly Key[]): Promise<void> {
    const now = this.#clock();
    const expires = now + FORGET_AFTER;
    await this.#db.write(async (tx) => {
      for (const { key, free } of keys) {
        const row: ThrottleRow = await lockThrottle(tx, key, { now, expires });
        const failures = row.failures + 1;
        const wait = waitAfter(failures, free);
        await writeThrottle(tx, { key, failures, expires, blocked_until: wait && now + wait });
      }
    });
  }
}
