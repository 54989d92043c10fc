import pg from 'pg';
import { TimeLimitExceeded } from '../../../node-query/reading.ts';
import type { ReadAnswer, ReadRequest } from '../../../node-query/run.ts';
import { Readers } from '../../../readers/readers.ts';
import type { ReplicaNews, ReplicaStatus } from '../../../replicas.ts';
import { TooManyGroups } from '../../../telemetry-query/groups.ts';
import type { Marks } from './marks.ts';
import { databaseLabel, identityOf, openProbe, placeOf, unfitness } from './probe.ts';

/** What the primary would say just the same. */
const isAnswer = (error: unknown): boolean =>
  error instanceof TimeLimitExceeded || error instanceof TooManyGroups;

/** One replica: what is known of it, and the way to read from it. */
export class Replica implements ReplicaStatus {
  readonly name: string;
  reads = 0;
  failedReads = 0;
  readonly #probe: pg.Pool;
  readonly #onNews: (news: ReplicaNews) => void;
  readonly #openReaders: () => Readers;
  #readers: Readers;
  #asOf = Number.NEGATIVE_INFINITY;
  /** Whether nothing has failed since it was last seen well. */
  #isWell = false;
  /** How often something has failed. */
  #failures = 0;
  #identity: string | undefined;
  #looking: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #told: 'well' | 'silent' | 'unfit' | undefined;

  constructor(options: { url: string; limitMs: number; onNews: (news: ReplicaNews) => void }) {
    const { url, limitMs, onNews } = options;
    this.name = databaseLabel(url);
    this.#openReaders = () => new Readers({ location: { engine: 'postgres', url }, limitMs });
    this.#readers = this.#openReaders();
    // Where this connection breaks, the server may be another one the next moment.
    this.#probe = openProbe(url, () => this.#leaveAlone());
    this.#onNews = onNews;
  }

  age(): number {
    return performance.now() - this.#asOf;
  }

  isFresh(stalenessMs: number): boolean {
    return this.#isWell && this.age() <= stalenessMs;
  }

  /** Reads from it; undefined when that is for the primary to do, because something failed before the answer began. */
  async read(request: ReadRequest, signal: AbortSignal): Promise<ReadAnswer | undefined> {
    try {
      const answer = await this.#readers.read(request, signal);
      this.reads += 1;
      return answer;
    } catch (error) {
      if (signal.aborted || isAnswer(error)) throw error;
      this.failedReads += 1;
      this.#leaveAlone();
      return undefined;
    }
  }

  /** Finds out how fresh it is, unless that is under way. */
  look(marks: Marks, primary: string | undefined): Promise<void> {
    this.#looking ??= this.#look(marks, primary).finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #look(marks: Marks, primary: string | undefined): Promise<void> {
    const failures = this.#failures;
    try {
      if (!this.#isWell) this.#identity = await identityOf(this.#probe);
      const place = await placeOf(this.#probe);
      const unfit = unfitness(place, this.#identity, primary);
      if (unfit !== undefined) {
        this.#leaveAlone();
        return this.#tell('unfit', unfit);
      }
      this.#asOf = marks.asOf(place.lsn);
      if (failures === this.#failures) this.#isWell = true;
      this.#tell('well', undefined);
    } catch (error) {
      this.#leaveAlone();
      // An error of the server's is an answer too: what it is reading goes on.
      if (this.#told !== 'silent' && !(error instanceof pg.DatabaseError)) this.#cutOff();
      this.#tell('silent', error instanceof Error ? error.message : String(error));
    }
  }

  #leaveAlone(): void {
    this.#isWell = false;
    this.#failures += 1;
  }

  /** What it has not answered yet may never come, and connections may not tell that they are broken. */
  #cutOff(): void {
    this.#closing = this.#readers.close();
    this.#readers = this.#openReaders();
  }

  #tell(state: 'well' | 'silent' | 'unfit', trouble: string | undefined): void {
    if (state === this.#told) return;
    this.#told = state;
    this.#onNews({ replica: this.name, trouble });
  }

  /** Once nobody looks any more. */
  async close(): Promise<void> {
    await this.#looking;
    await Promise.all([this.#closing, this.#readers.close(), this.#probe.end()]);
  }
}
