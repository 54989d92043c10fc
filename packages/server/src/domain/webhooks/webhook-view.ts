import { isId, toApiTime, type Webhook } from '@kernelci/model';
import { forbidden, notFound } from '../../errors.ts';
import type { Executor } from '../../store/database.ts';
import { findWebhook, type OwnedWebhookRow } from '../../store/webhooks.ts';
import { isAdmin, type Principal } from '../access/principal.ts';
import { conditionsOf } from '../events/stored-filter.ts';

const time = (moment: number | null): string | null => (moment === null ? null : toApiTime(moment));

/** The webhook as its owner sees it: never its secret. */
export function toWebhook(row: OwnedWebhookRow): Webhook {
  return {
    id: row.id,
    url: row.url,
    channel: row.channel,
    filter: { ...conditionsOf(row) },
    description: row.description,
    state: row.state,
    owner: row.username,
    created: toApiTime(row.created),
    position: row.position,
    failing_since: time(row.failing_since),
    next_attempt: time(row.next_attempt),
    last_error: row.last_error,
  };
}

/** What the audit log tells: an address may have a key in its query. */
export function auditedWebhook(row: Pick<OwnedWebhookRow, 'url' | 'channel' | 'filter'>) {
  const { origin, pathname } = new URL(row.url);
  return { url: origin + pathname, channel: row.channel, filter: conditionsOf(row) };
}

export const webhookTarget = (row: Pick<OwnedWebhookRow, 'id' | 'url'>) =>
  ({ type: 'webhook', id: row.id, name: new URL(row.url).host }) as const;

/** The caller's webhook. Throws `not_found`, or `forbidden` for somebody else's. */
export async function ownWebhook(x: Executor, principal: Principal, id: string): Promise<OwnedWebhookRow> {
  const row = isId(id) ? await findWebhook(x, id) : undefined;
  if (row === undefined) throw notFound(`Webhook not found with id: ${id}`);
  if (row.user_id === principal.account.id) return row;
  throw forbidden(`Webhook ${row.id} not owned by ${principal.account.username}`);
}

/** The caller's webhook; anybody's for admins. Throws as `ownWebhook`. */
export async function visibleWebhook(
  x: Executor,
  principal: Principal,
  id: string,
): Promise<OwnedWebhookRow> {
  const row = isAdmin(principal) && isId(id) ? await findWebhook(x, id) : undefined;
  return row ?? ownWebhook(x, principal, id);
}
