import { Kysely, PostgresDialect } from 'kysely';
import type pg from 'pg';
import { TimeLimitExceeded } from '../../node-query/reading.ts';
import { type ReadAnswer, type ReadRequest, runRead } from '../../node-query/run.ts';
import { beginReading } from '../../node-query/terms.ts';
import type { ReadRunner } from '../../node-reads.ts';
import type { Schema } from '../../schema.ts';
import { postgresDialect } from './dialect.ts';

const STEP_ROWS = 4096;
const STATEMENT_TIMEOUT = '57014';

/** Reads of nodes over connections of their own, so that slow ones leave those of other work free. */
export class PostgresReads implements ReadRunner {
  readonly #db: Kysely<Schema>;
  readonly #limitMs: number;

  /** The pool's statements must end by themselves after the time limit. */
  constructor(options: { pool: pg.Pool; limitMs: number }) {
    this.#db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool: options.pool }) });
    this.#limitMs = options.limitMs;
  }

  async read(request: ReadRequest, signal: AbortSignal): Promise<ReadAnswer> {
    const reading = beginReading({
      x: { sql: this.#db, dialect: postgresDialect },
      probeEntries: 0,
      stepRows: STEP_ROWS,
      signal,
      limitMs: this.#limitMs,
      laneMicros: Number.POSITIVE_INFINITY,
    });
    try {
      const { text, ...answer } = await runRead(reading, request);
      return { ...answer, text: text && this.#translated(text) };
    } catch (error) {
      throw this.#translate(error);
    }
  }

  async close(): Promise<void> {
    await this.#db.destroy();
  }

  async *#translated(text: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
    try {
      yield* text;
    } catch (error) {
      throw this.#translate(error);
    }
  }

  #translate(error: unknown): unknown {
    const isTimeout = error instanceof Error && 'code' in error && error.code === STATEMENT_TIMEOUT;
    return isTimeout ? new TimeLimitExceeded(this.#limitMs / 1000) : postgresDialect.translateError(error);
  }
}
