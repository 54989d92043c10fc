import type { PublishBody } from '@kernelci/model';
import { invalid } from '../../errors.ts';
import { appendEvents } from '../../store/events.ts';
import type { Principal } from '../access/principal.ts';
import type { Uses } from '../services.ts';
import { attributesText } from './cloud-event.ts';
import { copiesOf } from './copies.ts';

/** The data of an event as JSON. Throws `invalid` when there is none. */
export function dataText(body: PublishBody): string {
  if (body.data !== undefined && body.data !== null) return JSON.stringify(body.data);
  throw invalid({
    type: 'value_error',
    loc: ['body', 'data'],
    msg: 'An event has data: any JSON but null',
    input: body.data ?? null,
  });
}

/** What the publisher says of the event beside its data; undefined when nothing. */
export function ownAttributes({ attributes, type, source }: PublishBody): string | undefined {
  return attributesText({ ...attributes, ...(type && { type }), ...(source && { source }) });
}

/** Tells the channel's subscribers, in the name of the caller. */
export async function publishEvent(
  s: Uses<'db' | 'clock'>,
  principal: Principal,
  channel: string,
  body: PublishBody,
): Promise<void> {
  const data = dataText(body);
  const attributes = ownAttributes(body);
  const { username: owner } = principal.account;
  const event = {
    channel,
    owner,
    nodeId: null,
    listed: true,
    data,
    ...copiesOf(body.data),
    ...(attributes && { attributes }),
  };
  await s.db.write((tx) => appendEvents(tx, [event], s.clock()));
}
