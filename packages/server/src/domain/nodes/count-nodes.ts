import type { Uses } from '../services.ts';
import { type ParsedFilter, parseNodeFilter } from './node-filter.ts';
import { withinLimits } from './read-limits.ts';

/** How many nodes match the conditions. Throws as `findNodes` does. */
export async function countNodes(
  s: Uses<'db'>,
  conditions: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<{ count: number } & Pick<ParsedFilter, 'unknownFields'>> {
  const { filter, unknownFields } = parseNodeFilter(conditions);
  return { count: await withinLimits(s.db.nodeReads.count(filter, signal)), unknownFields };
}
