import type { NodeRecord } from '../../../packages/server/src/domain/nodes/node.ts';
import { Random } from '../dataset/random.ts';
import { dataset } from '../dataset.ts';
import type { Sample } from '../load/sample.ts';

/** Not that of any data set: the bodies are of nodes that are not there yet. */
const SEED = 7001;

/** What a client sends to have the node created. */
export function bodyOf(node: NodeRecord, parent: string | null): Record<string, unknown> {
  const { kind, name, path, group, state, result, artifacts, data, debug, treeid, submitter, retry_counter } =
    node;
  const { jobfilter, platform_filter } = node;
  const fields = {
    kind,
    name,
    path,
    group,
    parent,
    state,
    result,
    artifacts,
    data,
    debug,
    treeid,
    submitter,
  };
  return { ...fields, jobfilter, platform_filter, retry_counter };
}

/** Bodies of new nodes, of all kinds as frequent as in the data set, under parents that it has. */
export function* newBodies(sample: Sample, count: number): Generator<Record<string, unknown>> {
  const random = new Random(SEED, 5);
  const parents = sample.columns
    .filter(({ kind }) => kind === 'job' || kind === 'kbuild')
    .map(({ id }) => id);
  // Nodes with one parent keep one: it decides how near to each other they are stored.
  const chosen = new Map<string, string>();
  const parentFor = (id: string): string => {
    const known = chosen.get(id) ?? random.pick(parents);
    chosen.set(id, known);
    return known;
  };
  for (const burst of dataset({ nodes: count, seed: SEED, until: Date.now(), days: 10 })) {
    for (const node of burst) yield bodyOf(node, node.parent === null ? null : parentFor(node.parent));
  }
}
