import type { Total } from '../node-query/estimate.ts';
import type { Position } from '../node-query/filter.ts';
import type { ReadRequest } from '../node-query/run.ts';
import type { DatabaseLocation } from '../open.ts';

/** What a reader thread is started with. */
export interface ReaderSetup {
  location: DatabaseLocation;
  limitMs: number;
  /** What a read may be expected to take in this thread, in microseconds, before it is passed on. */
  laneMicros: number;
}

/** To a reader thread. `id` numbers the reads. */
export type ToReader =
  | { type: 'read'; id: number; request: ReadRequest }
  /** The next piece of text is wanted. */
  | { type: 'more'; id: number }
  /** Nothing more is wanted. */
  | { type: 'stop'; id: number }
  /** Nothing more will be asked. */
  | { type: 'close' };

/** A piece of text; null where there is none. After the last one, `done`. */
export interface Piece {
  text: string | null;
  done: boolean;
}

/** From a reader thread. */
export type FromReader = { id: number } & (
  | { type: 'answer'; total: Total | null; next: Position | null; text: Piece | undefined }
  | { type: 'text'; piece: Piece }
  /** The read takes too long for this thread. */
  | { type: 'tooLong' }
  | { type: 'failed'; error: FailureNotice }
);

/** An error, as it travels between threads. */
export interface FailureNotice {
  name: string;
  message: string;
  limit?: number | undefined;
  stack?: string | undefined;
}
