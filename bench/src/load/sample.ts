import { columnsOf, type NodeColumns } from '../../../packages/server/src/domain/nodes/document.ts';
import type { NodeRecord } from '../../../packages/server/src/domain/nodes/node.ts';
import { Random } from '../dataset/random.ts';

/** What the scenarios know of a data set without asking the server. */
export interface Sample {
  nodes: number;
  /** The moments of the first and the last node, epoch milliseconds. */
  from: number;
  until: number;
  /** Of nodes that were drawn at random, each as likely as any other. */
  ids: string[];
  columns: NodeColumns[];
}

const IDS = 20_000;
const COLUMNS = 4000;

/** Draws from a stream of unknown length (reservoir sampling). */
class Reservoir<T> {
  readonly items: T[] = [];
  readonly #size: number;
  #seen = 0;

  constructor(size: number) {
    this.#size = size;
  }

  offer(random: Random, make: () => T): void {
    this.#seen += 1;
    if (this.items.length < this.#size) {
      this.items.push(make());
      return;
    }
    const at = random.below(this.#seen);
    if (at < this.#size) this.items[at] = make();
  }
}

export class Sampler {
  readonly #random: Random;
  readonly #ids = new Reservoir<string>(IDS);
  readonly #columns = new Reservoir<NodeColumns>(COLUMNS);
  #from = Number.POSITIVE_INFINITY;
  #until = 0;
  seen = 0;

  constructor(seed: number) {
    this.#random = new Random(seed, 4);
  }

  add(node: NodeRecord): void {
    this.seen += 1;
    this.#from = Math.min(this.#from, node.created);
    this.#until = Math.max(this.#until, node.created);
    this.#ids.offer(this.#random, () => node.id);
    this.#columns.offer(this.#random, () => columnsOf(node));
  }

  sample(): Sample {
    const { seen: nodes } = this;
    return {
      nodes,
      from: this.#from,
      until: this.#until,
      ids: this.#ids.items,
      columns: this.#columns.items,
    };
  }
}
