import { SECOND } from '@kernelci/model';
import type { Database } from '../../store/database.ts';
import { noteTokenUse } from '../../store/tokens.ts';
import type { Authenticator } from './authenticator.ts';

const FLUSH_MS = 10 * SECOND;

/** Writes down now and then when tokens were last used: one transaction for all, none for a request. */
export class TokenUseRecorder {
  readonly #db: Database;
  readonly #authenticator: Authenticator;
  readonly #onError: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: { db: Database; authenticator: Authenticator; onError: (error: unknown) => void }) {
    this.#db = options.db;
    this.#authenticator = options.authenticator;
    this.#onError = options.onError;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.flush().catch(this.#onError);
    }, FLUSH_MS);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  async flush(): Promise<void> {
    const uses = this.#authenticator.takeUses();
    if (uses.size > 0) await this.#db.write((tx) => noteTokenUse(tx, uses));
  }
}
