import type { EventRow } from '../../store/event-row.ts';

type WithData = Pick<EventRow, 'data'>;

let parsed = new Map<WithData, unknown>();

/**
 * The entry's data. Many look at the same new entry at once: within a turn of the loop it is read once. Not to be
 * changed.
 */
export function dataOf(event: WithData): unknown {
  if (parsed.size === 0) setImmediate(() => (parsed = new Map()));
  const known = parsed.get(event);
  if (known !== undefined) return known;
  const data: unknown = JSON.parse(event.data);
  parsed.set(event, data);
  return data;
}
