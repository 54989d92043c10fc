import { pageText } from './page-text.ts';
import { type Reading, rows, TreeTooLarge } from './reading.ts';
import { sql } from './sql.ts';

/** A subtree larger than this has to be asked for in parts. */
const NODES_MAX = 20_000;

export interface TreeQuery {
  id: string;
  /** Levels below the root. */
  depth: number;
}

interface Branch {
  seq: number;
  /** The node above; null for the root. */
  above: number | null;
}

/** The nodes of the subtree, level by level. */
async function branches(reading: Reading, { id, depth }: TreeQuery): Promise<Branch[]> {
  const query = sql`
    with recursive tree(seq, id, above, depth) as (
      select seq, id, cast(null as bigint), 0 from nodes where id = ${id}
      union all
      select node.seq, node.id, tree.seq, tree.depth + 1
      from tree join nodes as node on node.parent = tree.id where tree.depth < ${depth}
    )
    select seq, above from tree limit ${NODES_MAX + 1}`;
  return rows<Branch>(reading, query);
}

/** The numbers of all nodes, each followed by those below it, these in the order of insertion. */
function depthFirst(found: readonly Branch[]): number[] {
  const below = Map.groupBy(found, ({ above }) => above);
  for (const children of below.values()) children.sort((a, b) => b.seq - a.seq);
  const ordered = new Set<number>();
  const open = [...(below.get(null) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    // Nodes may have been made each other's parents: each is told once.
    if (ordered.has(next.seq)) continue;
    ordered.add(next.seq);
    open.push(...(below.get(next.seq) ?? []));
  }
  return [...ordered];
}

/**
 * The node and all below it, depth first, as the inside of a JSON list; undefined when there is no such node.
 * Throws `TreeTooLarge`.
 */
export async function readTree(
  reading: Reading,
  query: TreeQuery,
): Promise<AsyncIterable<string> | undefined> {
  const found = await branches(reading, query);
  if (found.length > NODES_MAX) throw new TreeTooLarge(NODES_MAX);
  if (found.length === 0) return undefined;
  return pageText(reading, [depthFirst(found)], null);
}
