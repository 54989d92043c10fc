import { setTimeout as delay } from 'node:timers/promises';
import { MINUTE, SECOND } from '@kernelci/model';
import type { Database, Tx } from '../../store/database.ts';
import {
  type Prepared,
  type PrepareOptions,
  prepareEvents,
  prepareTelemetry,
} from '../../store/partitions.ts';
import type { Clock } from '../clock.ts';
import { Turns } from '../turns.ts';
import type { Kept } from './old-things.ts';

const EVERY_MS = MINUTE;
/** Others use the table: it is tried so often, with pauses, before it is left to the next turn. */
const TRIES = 5;
const PAUSE_MS = SECOND;

interface Options {
  db: Database;
  clock: Clock;
  kept: Pick<Kept, 'eventsMs' | 'telemetryMs'>;
  onError: (error: unknown) => void;
}

/**
 * Where the engine keeps the log and telemetry in partitions: begins new ones before they are needed. When that is
 * late nothing is lost, as the last partition takes all that comes; it only becomes a large one.
 */
export class PartitionMaker {
  readonly #options: Options;
  readonly #turns: Turns;

  constructor(options: Options) {
    this.#options = options;
    this.#turns = new Turns({ everyMs: EVERY_MS, onError: options.onError });
  }

  start(): void {
    if (this.#options.db.dialect.partitions === null) return;
    // A start may take its time for what was missed, such as after an import.
    this.#turns.take((signal) => this.#run(true, signal));
    this.#turns.start((signal) => this.#run(false, signal));
  }

  stop(): Promise<void> {
    return this.#turns.stop();
  }

  async #run(patient: boolean, signal: AbortSignal): Promise<void> {
    const { eventsMs, telemetryMs } = this.#options.kept;
    await this.#prepare(prepareEvents, { keptMs: eventsMs, patient }, signal);
    await this.#prepare(prepareTelemetry, { keptMs: telemetryMs, patient }, signal);
  }

  async #prepare(
    prepare: (tx: Tx, options: PrepareOptions) => Promise<Prepared>,
    options: Omit<PrepareOptions, 'now'>,
    signal: AbortSignal,
  ): Promise<void> {
    const { db, clock } = this.#options;
    for (let tries = 0; tries < TRIES && !signal.aborted; ) {
      const done = await db.write((tx) => prepare(tx, { ...options, now: clock() }));
      if (done === 'ready' || done === 'overfull') return;
      if (done === 'more') continue;
      tries += 1;
      await delay(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
