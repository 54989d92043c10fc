import type { HierarchyBody, Problem } from '@kernelci/model';
import { DomainError } from '../../errors.ts';
import { completeData } from './data.ts';
import { nodeOf } from './fields.ts';
import type { NodeRecord } from './node.ts';
import { assertNoId, replacement } from './replacement.ts';

interface Pending {
  body: HierarchyBody;
  parent: NodeRecord;
  /** The way to it, as indices of `child_nodes`, innermost first. */
  at: Step | undefined;
}
interface Step {
  index: number;
  from: Step | undefined;
}

function placeOf(at: Step | undefined): Array<string | number> {
  const place: Array<string | number> = ['node'];
  for (let step = at; step; step = step.from) place.unshift('child_nodes', step.index);
  return place;
}

/** The refusal of one node of the hierarchy, with the node's place in the body. */
function placed(error: unknown, at: Step | undefined): unknown {
  if (!(error instanceof DomainError)) return error;
  const place = placeOf(at);
  const { problems } = error.extras;
  if (problems === undefined) {
    return at === undefined ? error : new DomainError(error.code, `${error.message} (in ${place.join('.')})`);
  }
  const moved = problems.map(
    (problem): Problem => ({
      ...problem,
      loc: ['body', ...place, ...problem.loc.slice(1)],
    }),
  );
  return new DomainError(error.code, `${place.join('.')}: ${error.message}`, { problems: moved });
}

const complete = (node: NodeRecord): NodeRecord => {
  node.data = completeData(node.kind, node.data);
  return node;
};

function* childrenOf(body: HierarchyBody, parent: NodeRecord, from: Step | undefined): Generator<Pending> {
  // Backwards, as they wait on a stack.
  for (let index = body.child_nodes.length - 1; index >= 0; index -= 1) {
    const child = body.child_nodes[index];
    if (child) yield { body: child, parent, at: { index, from } };
  }
}

/**
 * The nodes of a hierarchy that replaces `root`: the root first, then depth first. States may change in any way. The
 * root keeps its owner, submitter and groups; what is below belongs to the caller, with the root's submitter and
 * tree. Throws as `newNode` and `replacedNode` do, with the place of the node.
 */
export function hierarchyNodes(
  root: NodeRecord,
  body: HierarchyBody,
  context: { owner: string; now: number; newId(): string },
): NodeRecord[] {
  const { owner, now } = context;
  const make = (at: Step | undefined, build: () => NodeRecord): NodeRecord => {
    try {
      return complete(build());
    } catch (error) {
      throw placed(error, at);
    }
  };
  const first = make(undefined, () => replacement(root, body.node, now));
  const shared = { owner, submitter: first.submitter, treeid: first.treeid ?? root.treeid };
  const nodes = [first];
  const waiting = [...childrenOf(body, first, undefined)];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { body: child, parent, at } = next;
    const given = { ...shared, id: context.newId(), parent: parent.id };
    const node = make(at, () => nodeOf(child.node, now, given, () => assertNoId(child.node)));
    nodes.push(node);
    for (const pending of childrenOf(child, node, at)) waiting.push(pending);
  }
  return nodes;
}
