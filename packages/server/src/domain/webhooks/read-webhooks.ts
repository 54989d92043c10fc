import { type Page, type PageQuery, toApiTime, type Webhook, type WebhookDelivery } from '@kernelci/model';
import { type DeliveryRow, listDeliveries } from '../../store/webhook-deliveries.ts';
import { listWebhooks } from '../../store/webhooks.ts';
import { isAdmin, type Principal } from '../access/principal.ts';
import type { Uses } from '../services.ts';
import { toWebhook, visibleWebhook } from './webhook-view.ts';

/** The caller's webhooks, oldest first; everybody's for admins. */
export async function readWebhooks(
  s: Uses<'db'>,
  principal: Principal,
  { limit, offset }: PageQuery,
): Promise<Page<Webhook>> {
  const userId = isAdmin(principal) ? undefined : principal.account.id;
  const { rows, total } = await listWebhooks(s.db.reader, { userId, limit, offset });
  return { items: rows.map(toWebhook), total, limit, offset };
}

/** Throws `not_found`, or `forbidden` for somebody else's. */
export async function readWebhook(s: Uses<'db'>, principal: Principal, id: string): Promise<Webhook> {
  return toWebhook(await visibleWebhook(s.db.reader, principal, id));
}

function toDelivery(row: DeliveryRow): WebhookDelivery {
  return {
    sequence_id: row.sequence_id,
    event_id: row.event_id,
    time: toApiTime(row.time),
    attempt: row.attempt,
    outcome: row.outcome,
    response_status: row.response_status,
    error: row.error,
    ms: row.ms,
  };
}

/** What became of the webhook's requests, newest first. Throws as `readWebhook`. */
export async function readDeliveries(
  s: Uses<'db'>,
  principal: Principal,
  id: string,
  { limit, offset }: PageQuery,
): Promise<Page<WebhookDelivery>> {
  const webhook = await visibleWebhook(s.db.reader, principal, id);
  const { rows, total } = await listDeliveries(s.db.reader, webhook.id, { limit, offset });
  return { items: rows.map(toDelivery), total, limit, offset };
}
