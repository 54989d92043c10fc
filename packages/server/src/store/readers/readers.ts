import type { ReadAnswer, ReadRequest } from '../node-query/run.ts';
import type { ReadRunner } from '../node-reads.ts';
import type { DatabaseLocation } from '../open.ts';
import type { FromReader, Piece } from './messages.ts';
import { Reader } from './reader.ts';

/** Reads that are expected to take longer than this many microseconds are for the other thread. */
const QUICK_MICROS = 15_000;

interface Lane {
  reader: Reader;
  id: number;
  signal: AbortSignal;
}

/** The read's text, a piece at a time; the thread stops when nobody wants the next one. */
async function* textOf({ reader, id, signal }: Lane, first: Piece): AsyncGenerator<string, void> {
  let piece = first;
  try {
    for (;;) {
      if (piece.text !== null) yield piece.text;
      if (piece.done) return;
      const reply = await reader.more(id, signal);
      if (reply.type !== 'text') throw new Error(`unexpected reply of a reader thread: ${reply.type}`);
      piece = reply.piece;
    }
  } finally {
    if (!piece.done) reader.stop(id);
  }
}

function toAnswer(lane: Lane, reply: FromReader): ReadAnswer {
  if (reply.type !== 'answer') throw new Error(`unexpected reply of a reader thread: ${reply.type}`);
  const { total, next, text } = reply;
  // Text that nobody begins to fetch is stopped by the signal alone.
  if (text?.done === false)
    lane.signal.addEventListener('abort', () => lane.reader.stop(lane.id), { once: true });
  return { total, next, text: text && textOf(lane, text) };
}

/** Reads of nodes in two threads: what is quick never waits for what is not. */
export class Readers implements ReadRunner {
  readonly #quick: Reader;
  readonly #slow: Reader;

  constructor(options: { location: DatabaseLocation; limitMs: number }) {
    this.#quick = new Reader({ ...options, laneMicros: QUICK_MICROS });
    this.#slow = new Reader({ ...options, laneMicros: Number.POSITIVE_INFINITY });
  }

  async read(request: ReadRequest, signal: AbortSignal): Promise<ReadAnswer> {
    const { id, reply } = await this.#quick.read(request, signal);
    if (reply.type !== 'tooLong') return toAnswer({ reader: this.#quick, id, signal }, reply);
    const again = await this.#slow.read(request, signal);
    return toAnswer({ reader: this.#slow, id: again.id, signal }, again.reply);
  }

  async close(): Promise<void> {
    await Promise.all([this.#quick.close(), this.#slow.close()]);
  }
}
