import { groupTelemetry, type TelemetryGroupsQuery } from '../telemetry-query/groups.ts';
import { findTelemetry, type TelemetryPageQuery } from '../telemetry-query/page.ts';
import type { NodeFilter, NodeQuery } from './filter.ts';
import { countNodes, type FoundNodes, findNodes } from './find.ts';
import type { LimitedReading } from './terms.ts';
import { readTree, type TreeQuery } from './tree.ts';

/** What can be asked for, as it travels to where it is read. */
export type ReadRequest =
  | { kind: 'find'; query: NodeQuery }
  | { kind: 'count'; filter: NodeFilter }
  | { kind: 'tree'; query: TreeQuery }
  | { kind: 'telemetry'; query: TelemetryPageQuery }
  | { kind: 'telemetryGroups'; query: TelemetryGroupsQuery };

/** What comes before the text. Undefined text: none is to come. */
export interface ReadAnswer extends Omit<FoundNodes, 'text'> {
  text: AsyncIterable<string> | undefined;
}

async function* only(text: string): AsyncGenerator<string, void> {
  yield text;
}

/** Answers one request, of whatever kind, in the same form. */
export async function runRead(reading: LimitedReading, request: ReadRequest): Promise<ReadAnswer> {
  if (request.kind === 'count') {
    const total = await countNodes(reading, request.filter);
    return { total: { total, kind: 'exact' }, next: null, text: undefined };
  }
  if (request.kind === 'tree') {
    const text = await readTree(reading, request.query);
    return { total: null, next: null, text: text && reading.limited(text) };
  }
  if (request.kind === 'telemetry') {
    const { total, text } = await findTelemetry(reading, request.query);
    return { total: { total, kind: 'exact' }, next: null, text: reading.limited(text) };
  }
  if (request.kind === 'telemetryGroups') {
    const groups = await groupTelemetry(reading, request.query);
    return { total: null, next: null, text: reading.limited(only(JSON.stringify(groups))) };
  }
  const found = await findNodes(reading, request.query);
  return { ...found, text: reading.limited(found.text) };
}
