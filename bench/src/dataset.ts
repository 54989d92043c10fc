import type { NodeRecord } from '../../packages/server/src/domain/nodes/node.ts';
import { NodeMaker } from './dataset/nodes.ts';
import { type Burst, NODES_PER_CHECKOUT, plan, sizeOf } from './dataset/plan.ts';
import { Random } from './dataset/random.ts';
import { makeWorld, type World } from './dataset/world.ts';

export interface DatasetOptions {
  nodes: number;
  seed: number;
  /** The data set's last moment, epoch milliseconds. */
  until: number;
  /** How long it took for the nodes to come together; small data sets keep to it roughly. */
  days: number;
}

function bursts(world: World, { nodes, seed, days }: DatasetOptions): Iterable<Burst> {
  return plan(world, new Random(seed, 3), nodes / NODES_PER_CHECKOUT / days);
}

/** How long it takes, in milliseconds, until there are so many nodes. */
function durationOf(world: World, options: DatasetOptions): number {
  let count = 0;
  for (const burst of bursts(world, options)) {
    count += sizeOf(burst);
    if (count >= options.nodes) return burst.at;
  }
  return 0;
}

/**
 * The nodes of a realistic data set in the order of their insertion, those that came together as one list. The same
 * options give the same nodes.
 */
export function* dataset(options: DatasetOptions): Generator<NodeRecord[]> {
  const world = makeWorld(options.seed);
  const start = options.until - Math.ceil(durationOf(world, options));
  const maker = new NodeMaker({ seed: options.seed, start, end: options.until });
  let missing = options.nodes;
  for (const burst of bursts(world, options)) {
    const made = maker.make(burst).slice(0, missing);
    yield made;
    missing -= made.length;
    if (missing === 0) return;
  }
}
