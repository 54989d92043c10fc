import { isId } from '@kernelci/model';
import { copiesOf } from '../../domain/events/copies.ts';
import type { EventRow } from '../../store/event-row.ts';
import { NODE_CHANNEL } from '../../store/event-scan.ts';
import { date, type Fields, madeAt, ownId, plain, storable, text } from './plain.ts';

/** The number that the existing server gave to the event; undefined for those from before it numbered them. */
export function sequenceOf({ sequence_id: value }: Fields): number | undefined {
  const number = plain(value ?? null);
  return Number.isSafeInteger(number) && Number(number) > 0 ? Number(number) : undefined;
}

function nodeIdIn(data: unknown): string | null {
  if (typeof data !== 'object' || data === null || !('id' in data) || !('op' in data)) return null;
  return typeof data.id === 'string' && isId(data.id) ? data.id.toLowerCase() : null;
}

/** The event of a document under that number. Throws `LeftOut`. */
export function eventOf(fields: Fields, seq: number): EventRow {
  const id = ownId(fields);
  const channel = text(fields, 'channel') ?? NODE_CHANNEL;
  const data = plain(fields.data);
  const { op, kind, state, result, name, group_name } = copiesOf(data);
  const owner = text(fields, 'owner');
  storable(JSON.stringify([channel, owner]));
  return {
    seq,
    id,
    time: date(fields, 'timestamp') ?? madeAt(id),
    channel,
    owner,
    node_id: channel === NODE_CHANNEL ? nodeIdIn(data) : null,
    listed: 1,
    data: storable(JSON.stringify(data)),
    attributes: null,
    ...{ op: op ?? null, kind: kind ?? null, state: state ?? null, result: result ?? null },
    ...{ name: name ?? null, group_name: group_name ?? null },
  };
}
