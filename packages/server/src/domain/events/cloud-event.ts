import type { EventRow } from '../../store/event-row.ts';

/** What events have whose publisher says nothing else. */
const USUAL = { source: 'https://api.kernelci.org/', type: 'api.kernelci.org' };
/** Attributes that are the server's to give. */
const OWN = new Set(['specversion', 'id', 'time', 'data', 'data_base64', 'owner', '_sequence_id']);

export interface EventAttributes {
  type?: string;
  source?: string;
  [name: string]: unknown;
}

/**
 * The event's own attributes as they are stored; undefined when there are none. Those of the server are left out.
 * Names are in small letters, as CloudEvents wants them: readers that take them so must not be told another owner.
 */
export function attributesText(attributes: EventAttributes): string | undefined {
  const named = Object.entries(attributes).map(([name, value]) => [name.toLowerCase(), value] as const);
  const own = named.filter(([name, value]) => value !== undefined && value !== null && !OWN.has(name));
  return own.length === 0 ? undefined : JSON.stringify(Object.fromEntries(own));
}

/** CloudEvents are named by UUIDs. That of an entry follows from its id: told again, it is the same event. */
export const uuidOf = (id: string): string =>
  `${id.slice(0, 8)}-${id.slice(8, 12)}-8${id.slice(12, 15)}-8${id.slice(15, 18)}-${id.slice(18)}000000`;

const cloudTime = (epochMs: number): string => `${new Date(epochMs).toISOString().slice(0, 23)}000+00:00`;

/** A CloudEvent's text: the usual attributes, the data as it is, then what `behind` adds. */
function text(
  event: Pick<EventRow, 'id' | 'time' | 'data'> & { attributes: string | null },
  behind: Record<string, unknown>,
): string {
  const { type, source, ...further } = {
    ...USUAL,
    ...(event.attributes === null ? undefined : (JSON.parse(event.attributes) as EventAttributes)),
  };
  const head = { specversion: '1.0', id: uuidOf(event.id), source, type, time: cloudTime(event.time) };
  const { owner, ...rest } = behind;
  const tail = JSON.stringify({ ...(owner == null ? undefined : { owner }), ...further, ...rest });
  return `${JSON.stringify(head).slice(0, -1)},"data":${event.data}${tail === '{}' ? '}' : `,${tail.slice(1)}`}`;
}

/** The entry as a CloudEvent 1.0 in JSON. */
export function cloudEvent(event: EventRow): string {
  return text(event, { owner: event.owner, _sequence_id: event.seq });
}

/** An item of a list as a CloudEvent: nobody's, and of no place in the log. */
export function listedCloudEvent(event: Parameters<typeof text>[0]): string {
  return text(event, {});
}

/** Tells a listener that waits that all is well. */
export function beep(id: string, now: number): string {
  return text({ id, time: now, data: '"BEEP"', attributes: null }, {});
}
