import type { EventCopies } from '../../store/event-row.ts';

/** Fields of an event's data that the log has copies of, and the columns that have them. */
export const COPIED = {
  op: 'op',
  kind: 'kind',
  state: 'state',
  result: 'result',
  name: 'name',
  group: 'group_name',
} as const;

/** What the data says of what events are asked for most: some channels tell of nodes as the nodes' own does. */
export function copiesOf(data: unknown): Partial<EventCopies> {
  if (typeof data !== 'object' || data === null) return {};
  const told = Object.entries(COPIED).flatMap(([field, column]) => {
    const value: unknown = Object.hasOwn(data, field) ? data[field as keyof typeof data] : undefined;
    return typeof value === 'string' ? [[column, value] as const] : [];
  });
  return Object.fromEntries(told);
}
