import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { WakeTopic } from '../../database.ts';

const CHANNEL = 'kernelci_api';
const TOPICS: readonly WakeTopic[] = ['mail', 'events', 'lists'];
/** Others hear of so much news at most: what comes within it is told together. */
const TELL_EVERY_MS = 4;
const RECONNECT_MS = { first: 250, most: 10_000 };

const isTopic = (text: string): text is WakeTopic => (TOPICS as readonly string[]).includes(text);

/**
 * Passes wakes on to the other instances on the database, and theirs to this one, by NOTIFY. Hints only: all that is
 * woken looks by itself now and then, so a broken connection costs time and nothing else.
 */
export class WakeChannel {
  readonly #url: string;
  readonly #pool: pg.Pool;
  readonly #onWake: (topic: WakeTopic) => void;
  readonly #onError: (error: Error) => void;
  readonly #stopping = new AbortController();
  /** Tells our own notifications from those of others. */
  readonly #self = crypto.randomUUID();
  readonly #untold = new Set<WakeTopic>();
  #client: pg.Client | undefined;
  #listening: Promise<void> | undefined;
  #telling: Promise<void> | undefined;

  constructor(options: {
    url: string;
    pool: pg.Pool;
    onWake: (topic: WakeTopic) => void;
    onError: (error: Error) => void;
  }) {
    this.#url = options.url;
    this.#pool = options.pool;
    this.#onWake = options.onWake;
    this.#onError = options.onError;
  }

  start(): void {
    this.#listening = this.#keepListening();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#client?.end().catch(() => undefined);
    await Promise.all([this.#listening, this.#telling]);
  }

  /** Tells the other instances that there is news. */
  tell(topics: Iterable<WakeTopic>): void {
    for (const topic of topics) if (isTopic(topic)) this.#untold.add(topic);
    if (this.#untold.size === 0 || this.#stopping.signal.aborted) return;
    this.#telling ??= this.#tellAll().finally(() => {
      this.#telling = undefined;
    });
  }

  async #tellAll(): Promise<void> {
    while (this.#untold.size > 0) {
      const topics = [...this.#untold];
      this.#untold.clear();
      try {
        await this.#pool.query('select pg_notify($1, $2)', [CHANNEL, `${this.#self} ${topics.join(' ')}`]);
      } catch (error) {
        this.#onError(error instanceof Error ? error : new Error(String(error)));
      }
      await delay(TELL_EVERY_MS);
    }
  }

  #hear(payload: string | undefined): void {
    const [sender, ...topics] = (payload ?? '').split(' ');
    if (sender === this.#self) return;
    for (const topic of topics) if (isTopic(topic)) this.#onWake(topic);
  }

  async #keepListening(): Promise<void> {
    let wait = RECONNECT_MS.first;
    while (!this.#stopping.signal.aborted) {
      const lost = await this.#listen().catch((error: unknown) => error);
      if (this.#stopping.signal.aborted) return;
      this.#onError(lost instanceof Error ? lost : new Error('the connection for notifications ended'));
      await delay(wait, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      wait = lost instanceof Error ? Math.min(wait * 2, RECONNECT_MS.most) : RECONNECT_MS.first;
    }
  }

  /** Resolves when the connection has ended; rejects when there was none. */
  async #listen(): Promise<void> {
    const client = new pg.Client({ connectionString: this.#url, application_name: 'kernelci-api' });
    const ended = new Promise<void>((resolve) => {
      client.once('end', resolve);
      // Unheard, it would end the process; the end of the connection comes right behind it.
      client.on('error', () => resolve());
    });
    client.on('notification', ({ payload }) => this.#hear(payload));
    await client.connect();
    // Who has stopped meanwhile knew of no connection to end.
    if (this.#stopping.signal.aborted) return client.end();
    this.#client = client;
    await client.query(`LISTEN ${CHANNEL}`);
    // What happened while nobody listened.
    for (const topic of TOPICS) this.#onWake(topic);
    await ended;
    this.#client = undefined;
  }
}
