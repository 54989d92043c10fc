import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { Marks } from './marks.ts';
import { endOfLog, identityOf, openProbe } from './probe.ts';
import type { Replica } from './replica.ts';

/** However old answers may be, a replica that comes or goes is noticed within this. */
const SELDOMEST_MS = 1000;

/**
 * Measures how fresh replicas are: notes where the primary's log ends, and when, and has each replica look how much
 * of that it has. While the primary does not answer nothing is noted, so that all grow old.
 */
export class ReplicaWatch {
  readonly #replicas: readonly Replica[];
  readonly #primary: pg.Pool;
  readonly #everyMs: number;
  readonly #marks = new Marks();
  readonly #stopping = new AbortController();
  #identity: string | undefined;
  #running: Promise<void> | undefined;

  constructor(options: { primaryUrl: string; replicas: readonly Replica[]; stalenessMs: number }) {
    this.#replicas = options.replicas;
    this.#everyMs = Math.min(options.stalenessMs / 4, SELDOMEST_MS);
    this.#primary = openProbe(options.primaryUrl);
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await this.#primary.end();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.#mark();
      // None waits for another that is slow to answer.
      for (const replica of this.#replicas) replica.look(this.#marks, this.#identity);
      await delay(this.#everyMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #mark(): Promise<void> {
    // Before the question: what is committed while it is under way may lie beyond the answer.
    const at = performance.now();
    try {
      this.#identity ??= await identityOf(this.#primary);
      this.#marks.add({ lsn: await endOfLog(this.#primary), at });
    } catch {
      // That the primary is away, its own connections tell. It may come back as another.
      this.#identity = undefined;
    }
  }
}
