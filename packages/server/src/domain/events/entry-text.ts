import { toApiTime } from '@kernelci/model';
import type { EventRow } from '../../store/event-row.ts';
import type { EventAttributes } from './cloud-event.ts';

/** An entry of the log as JSON, its data as it is stored. `behind` is what comes last: `,"key":value`. */
export function entryText(event: EventRow, behind = ''): string {
  const head = {
    timestamp: toApiTime(event.time),
    sequence_id: event.seq,
    channel: event.channel,
    owner: event.owner,
  };
  return `${JSON.stringify(head).slice(0, -1)},"data":${event.data},"id":"${event.id}"${behind}}`;
}

/** The same, with what the publisher said of the event beside its data. */
export function feedEntryText(event: EventRow, behind = ''): string {
  if (event.attributes === null) return entryText(event, behind);
  const { type, source, ...further } = JSON.parse(event.attributes) as EventAttributes;
  const attributes = Object.keys(further).length === 0 ? undefined : further;
  const own = JSON.stringify({ type, source, attributes }).slice(1, -1);
  return entryText(event, (own === '' ? '' : `,${own}`) + behind);
}
