import { newId, type Webhook, type WebhookOutcome } from '@kernelci/model';
import { DomainError, notFound } from '../../errors.ts';
import { eventsAfter, lastSeq, purgedThrough } from '../../store/events.ts';
import { changeWebhook, lockWebhook, type OwnedWebhookRow } from '../../store/webhooks.ts';
import { storeAttempt } from '../../webhooks/record-outcome.ts';
import type { Message, Sent, WebhookSender } from '../../webhooks/sender.ts';
import type { Principal } from '../access/principal.ts';
import { cloudEvent, listedCloudEvent, uuidOf } from '../events/cloud-event.ts';
import type { Uses } from '../services.ts';
import { ownWebhook, toWebhook } from './webhook-view.ts';

/** Requests out of turn that one user may have under way. */
const AT_ONCE = 5;
const underWay = new Map<string, number>();

async function send(sender: WebhookSender, row: OwnedWebhookRow, message: Message): Promise<Sent> {
  const before = underWay.get(row.user_id) ?? 0;
  if (before >= AT_ONCE) {
    const wait = `${AT_ONCE} requests to webhooks of yours are under way: wait until one of them has ended`;
    throw new DomainError('throttled', wait, { retryAfter: 5 });
  }
  underWay.set(row.user_id, before + 1);
  try {
    return await sender.send(row, message);
  } finally {
    const left = (underWay.get(row.user_id) ?? 1) - 1;
    if (left > 0) underWay.set(row.user_id, left);
    else underWay.delete(row.user_id);
  }
}

const toOutcome = ({ status, error, ms }: Sent): WebhookOutcome => ({
  outcome: error === null ? 'delivered' : 'failed',
  response_status: status,
  error,
  ms,
});

/** Sends an event that says of itself that it is a test. Throws `not_found`, `forbidden`, `throttled`. */
export async function testWebhook(
  s: Uses<'db' | 'clock'>,
  principal: Principal,
  id: string,
  sender: WebhookSender,
): Promise<WebhookOutcome> {
  const row = await ownWebhook(s.db.reader, principal, id);
  const now = s.clock();
  const event = {
    id: newId(now),
    time: now,
    data: JSON.stringify({ webhook: row.id, test: true }),
    attributes: JSON.stringify({ type: 'api.kernelci.org.test' }),
  };
  const message = { id: uuidOf(event.id), body: listedCloudEvent(event) };
  return toOutcome(await send(sender, row, message));
}

/** Sends an entry of the log once more, out of turn. Throws `not_found`, `forbidden`, `throttled`. */
export async function replayEntry(
  s: Uses<'db' | 'clock'>,
  principal: Principal,
  id: string,
  sequenceId: number,
  sender: WebhookSender,
): Promise<WebhookOutcome> {
  const row = await ownWebhook(s.db.reader, principal, id);
  const [event] = await eventsAfter(s.db.reader, sequenceId - 1, 1);
  if (event?.seq !== sequenceId) throw notFound(`There is no event ${sequenceId} in the log`);
  const began = s.clock();
  const sent = await send(sender, row, { id: uuidOf(event.id), body: cloudEvent(event) });
  await s.db.write((tx) => storeAttempt(tx, row.id, { event, began, number: 1, sent }));
  return toOutcome(sent);
}

/** Makes the webhook go on behind the entry. Throws `not_found`, `forbidden`, `bad_value` for what the log has not. */
export async function replayAfter(
  s: Uses<'db'>,
  principal: Principal,
  id: string,
  after: number,
): Promise<Webhook> {
  return s.db.write(async (tx) => {
    await lockWebhook(tx, id);
    const row = await ownWebhook(tx, principal, id);
    const [oldest, last] = [await purgedThrough(tx), await lastSeq(tx)];
    if (after < oldest || after > last)
      throw new DomainError('bad_value', `after: the log reaches from ${oldest} to ${last}`);
    const anew = { attempts: 0, failing_since: null, next_attempt: null };
    await changeWebhook(tx, row.id, { position: after, ...anew });
    return toWebhook(await ownWebhook(tx, principal, id));
  });
}
