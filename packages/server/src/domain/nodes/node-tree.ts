import type { Uses } from '../services.ts';
import { nodeId, nodeNotFound } from './node-errors.ts';
import { textWithinLimits, withinLimits } from './read-limits.ts';

/**
 * The node and those below it, down to `depth` levels, each followed by what is below it: the inside of a JSON list.
 * Throws `bad_value` for a malformed id and for a tree that is too large, `not_found` when there is no such node,
 * `ReadCancelled` when the signal says so.
 */
export async function nodeTree(
  s: Uses<'db'>,
  request: { id: string; depth: number },
  signal: AbortSignal,
): Promise<AsyncIterable<string>> {
  const id = nodeId(request.id);
  const text = await withinLimits(s.db.nodeReads.tree({ id, depth: request.depth }, signal));
  if (text === undefined) throw nodeNotFound(id);
  return textWithinLimits(text);
}
