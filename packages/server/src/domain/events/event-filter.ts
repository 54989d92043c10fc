import type { EventRow } from '../../store/event-row.ts';
import type { EventSelection } from '../../store/event-scan.ts';
import { matcher } from '../../store/node-query/evaluate.ts';
import type { FieldTest } from '../../store/node-query/filter.ts';
import { parseTest } from '../nodes/node-filter.ts';
import { compilePattern } from '../query/pattern.ts';
import { COPIED } from './copies.ts';
import { dataOf } from './event-data.ts';

/** Which events somebody wants: what the log's columns answer, and what the data has to be looked at for. */
export interface EventFilter {
  selection: EventSelection;
  /** Null when the selection says it all. */
  test: ((data: unknown) => boolean) | null;
}

const isCopied = (field: string): field is keyof typeof COPIED => Object.hasOwn(COPIED, field);

/**
 * The filter that query parameters ask for: `channel`, `node_id`, `owner`, `path` (a regular expression), and
 * conditions on any field of the event's data as nodes are asked for: `kind=job`, `data.platform__in=a,b`. All must
 * hold. Throws `bad_value` for what cannot be read.
 */
export function parseEventFilter(parameters: Readonly<Record<string, string>>): EventFilter {
  const selection: EventSelection = {};
  const tests: FieldTest[] = [];
  for (const [key, value] of Object.entries(parameters)) {
    if (key === 'channel') selection.channel = value;
    else if (key === 'node_id') selection.nodeId = value.toLowerCase();
    else if (key === 'owner' && value !== 'null') selection.owner = value;
    else if (key === 'path') tests.push({ path: ['path'], test: pathTest(value) });
    else if (isCopied(key))
      selection.copies = { ...selection.copies, [COPIED[key]]: value === 'null' ? null : value };
    else tests.push(parseTest(key, value));
  }
  return { selection, test: tests.length === 0 ? null : matcher(tests) };
}

function pathTest(pattern: string): FieldTest['test'] {
  compilePattern('path', pattern);
  return { kind: 'matches', pattern };
}

/** Whether what is to be looked at in the entry's data holds. */
export const holdsFor = ({ test }: EventFilter, event: Pick<EventRow, 'data'>): boolean =>
  test === null || test(dataOf(event));

/** The same for an entry that no scan has selected. */
export function matchesEvent(filter: EventFilter, event: EventRow): boolean {
  const { channel, nodeId, owner, copies } = filter.selection;
  if (channel !== undefined && event.channel !== channel) return false;
  if (nodeId !== undefined && event.node_id !== nodeId) return false;
  if (owner !== undefined && event.owner !== owner) return false;
  if (copies === undefined) return holdsFor(filter, event);
  for (const [column, value] of Object.entries(copies)) {
    if (event[column as keyof typeof copies] !== value) return false;
  }
  return holdsFor(filter, event);
}
