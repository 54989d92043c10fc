import { type Scope, SECOND } from '@kernelci/model';
import { LRUCache } from 'lru-cache';
import { readAccessEpoch } from '../../store/access-epoch.ts';
import type { Executor } from '../../store/database.ts';
import { findToken } from '../../store/tokens.ts';
import type { Clock } from '../clock.ts';
import { loadAccount } from './account-view.ts';
import type { Account } from './principal.ts';

const POLL_MS = 250;
/** How long what is cached may be trusted without having asked whether it changed. */
const TRUST_MS = 900;
const ENTRIES = 20_000;

export interface RegisteredToken {
  userId: string;
  scopes: ReadonlySet<Scope>;
  lastUsed: number | null;
}

type Known<T> = { value: T | undefined };

/**
 * Accounts and registered tokens as access decisions need them, kept in memory. Each change of them moves one
 * counter in the database, in the same transaction. This process clears what it holds right after its own commits;
 * other processes' commits are seen by polling the counter. When polling falls behind (a busy process, a database
 * that does not answer), the next decision asks first.
 */
export class AccessCache {
  readonly #x: Executor;
  readonly #clock: Clock;
  readonly #accounts = new LRUCache<string, Known<Account>>({ max: ENTRIES });
  readonly #tokens = new LRUCache<string, Known<RegisteredToken>>({ max: ENTRIES });
  #epoch = -1;
  #confirmed = 0;
  /** Grows with each clearing: what was loaded before one must not be kept after it. */
  #generation = 0;
  #refreshing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: { reader: Executor; clock: Clock }) {
    this.#x = options.reader;
    this.#clock = options.clock;
  }

  start(): void {
    this.#timer = setInterval(() => {
      // A failure shows in the next decision, which asks again and answers for it.
      this.#refresh().catch(() => undefined);
    }, POLL_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  invalidate(): void {
    this.#generation += 1;
    this.#accounts.clear();
    this.#tokens.clear();
  }

  account(id: string): Promise<Account | undefined> {
    return this.#lookUp(this.#accounts, id, () => loadAccount(this.#x, id));
  }

  token(id: string): Promise<RegisteredToken | undefined> {
    return this.#lookUp(this.#tokens, id, async () => {
      const row = await findToken(this.#x, id);
      if (row === undefined) return undefined;
      return {
        userId: row.user_id,
        scopes: new Set(JSON.parse(row.scopes) as Scope[]),
        lastUsed: row.last_used,
      };
    });
  }

  async #lookUp<T>(
    cache: LRUCache<string, Known<T>>,
    key: string,
    load: () => Promise<T | undefined>,
  ): Promise<T | undefined> {
    if (this.#clock() - this.#confirmed > TRUST_MS) await this.#refresh();
    const known = cache.get(key);
    if (known) return known.value;
    const generation = this.#generation;
    const value = await load();
    if (generation === this.#generation) cache.set(key, { value });
    return value;
  }

  #refresh(): Promise<void> {
    this.#refreshing ??= this.#readEpoch().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #readEpoch(): Promise<void> {
    const asked = this.#clock();
    const epoch = await readAccessEpoch(this.#x);
    if (epoch !== this.#epoch) {
      this.#epoch = epoch;
      this.invalidate();
    }
    this.#confirmed = Math.max(this.#confirmed, Math.min(asked, this.#clock()));
  }
}

export const LAST_USED_GRAIN_MS = 60 * SECOND;
