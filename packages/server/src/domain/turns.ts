interface TurnsOptions {
  everyMs: number;
  onError: (error: unknown) => void;
}

/** Work that is done now and then, one turn at a time: what comes due while a turn goes on is left out. */
export class Turns {
  readonly #options: TurnsOptions;
  readonly #stopped = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  /** Begins to do the work every so often. It ends early when the signal says so. */
  start(work: (signal: AbortSignal) => Promise<void>): void {
    this.#timer = setInterval(() => this.take(work), this.#options.everyMs);
    this.#timer.unref();
  }

  /** Does it now, unless a turn is under way. */
  take(work: (signal: AbortSignal) => Promise<void>): void {
    this.#running ??= work(this.#stopped.signal)
      .catch(this.#options.onError)
      .finally(() => {
        this.#running = undefined;
      });
  }

  /** Resolves when the turn that is under way has ended. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopped.abort();
    await this.#running;
  }
}
