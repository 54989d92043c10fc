import type { ReadAnswer, ReadRequest } from '../../../node-query/run.ts';
import type { ReadRunner } from '../../../node-reads.ts';
import type { ReplicaOptions, ReplicaStatus } from '../../../replicas.ts';
import { Replica } from './replica.ts';
import { ReplicaWatch } from './watch.ts';

/** Whether the answer may be a little old. */
function mayBeOld(request: ReadRequest): boolean {
  switch (request.kind) {
    // The pages that follow are the primary's: nothing falls between the first page and what is read behind it.
    case 'find':
      return request.query.after === null;
    case 'count':
    case 'telemetry':
    case 'telemetryGroups':
      return true;
    case 'tree':
      return false;
  }
}

/** Has replicas that are fresh enough answer what may be a little old, in turn, and the primary everything else. */
export class ReplicatedReads implements ReadRunner {
  readonly #primary: ReadRunner;
  readonly #replicas: readonly Replica[];
  readonly #watch: ReplicaWatch;
  readonly #stalenessMs: number;
  #turn = 0;

  constructor(options: ReplicaOptions & { primaryUrl: string; primary: ReadRunner; limitMs: number }) {
    const { urls, stalenessMs, onNews, primaryUrl, limitMs } = options;
    this.#primary = options.primary;
    this.#stalenessMs = stalenessMs;
    this.#replicas = urls.map((url) => new Replica({ url, limitMs, onNews }));
    this.#watch = new ReplicaWatch({ primaryUrl, replicas: this.#replicas, stalenessMs });
  }

  get replicas(): readonly ReplicaStatus[] {
    return this.#replicas;
  }

  start(): void {
    if (this.#replicas.length > 0) this.#watch.start();
  }

  async read(request: ReadRequest, signal: AbortSignal): Promise<ReadAnswer> {
    const replica = mayBeOld(request) ? this.#next() : undefined;
    const answer = await replica?.read(request, signal);
    return answer ?? this.#primary.read(request, signal);
  }

  async close(): Promise<void> {
    await this.#watch.stop();
    await Promise.all(this.#replicas.map((replica) => replica.close()));
  }

  /** The next replica in turn that is fresh enough. */
  #next(): Replica | undefined {
    for (const _ of this.#replicas) {
      this.#turn = (this.#turn + 1) % this.#replicas.length;
      const replica = this.#replicas[this.#turn];
      if (replica?.isFresh(this.#stalenessMs)) return replica;
    }
    return undefined;
  }
}
