import { ReadCancelled, type Reading, type ReadSource, TimeLimitExceeded } from './reading.ts';

/** The quick lane passes the read on: it would hold up others for too long. */
export class TooLongForLane extends Error {
  override readonly name = 'TooLongForLane';
}

/** Time spent on reading, not counting what the caller takes to fetch the text. */
class WorkClock {
  #spent = 0;
  #since: number | undefined;

  /** In milliseconds. */
  get spent(): number {
    return this.#spent + (this.#since === undefined ? 0 : performance.now() - this.#since);
  }

  resume(): void {
    this.#since ??= performance.now();
  }

  rest(): void {
    this.#spent = this.spent;
    this.#since = undefined;
  }
}

export interface Terms {
  source: ReadSource;
  probes: readonly number[];
  stepRows: number;
  sliceRows: number | null;
  plainMicros: number;
  signal: AbortSignal;
  /** How long a read may take, in milliseconds. */
  limitMs: number;
  /** What a read may be expected to take in this lane, in microseconds. */
  laneMicros: number;
}

/** Of what was expected to be quick and is not, so many times the expectation is borne. */
const PATIENCE = 8;

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export interface LimitedReading extends Reading {
  /** The same text; the time limit counts while it is read, not while it waits to be fetched. */
  limited(text: AsyncIterable<string>): AsyncGenerator<string, void>;
}

/** A read that begins now, on these terms. */
export function beginReading(terms: Terms): LimitedReading {
  const { signal, limitMs, laneMicros, ...given } = terms;
  const clock = new WorkClock();
  let expected = 0;
  // Until it is being answered, it can be passed on to another lane.
  let isPassable = true;
  clock.resume();
  return {
    ...given,
    async pause() {
      await nextTurn();
      if (signal.aborted) throw new ReadCancelled();
      if (isPassable && clock.spent * 1000 > laneMicros * PATIENCE) throw new TooLongForLane();
      if (clock.spent > limitMs) throw new TimeLimitExceeded(limitMs / 1000);
    },
    expect(micros) {
      expected += micros;
      if (isPassable && expected > laneMicros) throw new TooLongForLane();
    },
    limited(text) {
      clock.rest();
      isPassable = false;
      return timed(text, clock);
    },
  };
}

async function* timed(text: AsyncIterable<string>, clock: WorkClock): AsyncGenerator<string, void> {
  const chunks = text[Symbol.asyncIterator]();
  try {
    for (;;) {
      clock.resume();
      const { done, value } = await chunks.next();
      clock.rest();
      if (done) return;
      yield value;
    }
  } finally {
    await chunks.return?.();
  }
}
