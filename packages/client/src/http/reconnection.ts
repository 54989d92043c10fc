import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, ConnectionError, NotAnApiError } from '../errors.ts';

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;

export interface Persistence {
  /** Gets what keeps the API from answering, once until it answers again; then undefined. */
  onTrouble?: ((error: Error | undefined) => void) | undefined;
  /** Ends the waiting. */
  signal?: AbortSignal | undefined;
}

/** Whether a failure says nothing about the request: it may pass when the network or the server recovers. */
export function isPassing(error: unknown): boolean {
  if (error instanceof ApiError) return error.status === 429 || error.status >= 500;
  return error instanceof ConnectionError || error instanceof NotAnApiError;
}

/**
 * For who asks again and again: what may pass is waited for, longer each time, but not before the API has answered once:
 * a wrong address should be told at once.
 */
export class Reconnection {
  readonly #options: Persistence;
  #isKnown = false;
  #inTrouble = false;
  #delayMs = FIRST_DELAY_MS;
  /** Between two connections when nothing is wrong. */
  firstDelayMs = FIRST_DELAY_MS;

  constructor(options: Persistence) {
    this.#options = options;
  }

  get isOver(): boolean {
    return this.#options.signal?.aborted === true;
  }

  /** The API wants new connections to come no sooner than this. */
  beginWith(ms: number): void {
    this.firstDelayMs = Math.min(Math.max(ms, FIRST_DELAY_MS), LONGEST_DELAY_MS);
  }

  /** The API has been reached, though it has not answered. */
  wasThere(): void {
    this.#isKnown = true;
  }

  /** The API answers. */
  works(): void {
    if (this.#inTrouble) this.#options.onTrouble?.(undefined);
    this.#isKnown = true;
    this.#inTrouble = false;
    this.#delayMs = this.firstDelayMs;
  }

  /** Waits until it may be tried again; throws the error when there is no point in that. */
  async failed(error: unknown): Promise<void> {
    if (this.isOver) return;
    if (!this.#isKnown || !isPassing(error)) throw error;
    if (!this.#inTrouble) this.#options.onTrouble?.(error as Error);
    this.#inTrouble = true;
    const asked = error instanceof ApiError ? (error.retryAfter ?? 0) * 1000 : 0;
    await this.pause(Math.max(asked, this.#delayMs * (0.75 + Math.random() / 2)));
    this.#delayMs = Math.min(this.#delayMs * 2, LONGEST_DELAY_MS);
  }

  /** Ends early, and without an error, when the waiting is ended. */
  async pause(ms: number): Promise<void> {
    const { signal } = this.#options;
    await sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  }
}
