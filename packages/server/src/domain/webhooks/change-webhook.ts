import type { ChangedWebhook, WebhookPatch } from '@kernelci/model';
import type { Executor } from '../../store/database.ts';
import { changeWebhook as changeRow, lockWebhook, type OwnedWebhookRow } from '../../store/webhooks.ts';
import { newSecret } from '../../webhooks/signature.ts';
import type { Principal } from '../access/principal.ts';
import { type Actor, recordAct } from '../audit/record.ts';
import { eventFilterOf, storedConditions } from '../events/stored-filter.ts';
import type { Uses } from '../services.ts';
import { positionBeforeNext } from './pending-entry.ts';
import { checkedUrl } from './webhook-url.ts';
import { auditedWebhook, ownWebhook, toWebhook, webhookTarget } from './webhook-view.ts';

const BEGIN_ANEW = {
  state: 'active',
  attempts: 0,
  failing_since: null,
  next_attempt: null,
  last_error: null,
} as const;

/** What the patch makes of the webhook's row. Throws as `changeWebhook`. */
function changesOf(row: OwnedWebhookRow, patch: WebhookPatch, refuses: (url: URL) => boolean) {
  const { channel = row.channel, description = row.description } = patch;
  const filter = patch.filter === undefined ? row.filter : storedConditions(patch.filter);
  return {
    ...{ channel, description, filter },
    url: patch.url === undefined ? row.url : checkedUrl(patch.url, refuses),
    ...(patch.secret === true && { secret: newSecret() }),
    ...(patch.active === true && BEGIN_ANEW),
    ...(patch.active === false && ({ state: 'disabled', next_attempt: null } as const)),
  };
}

/**
 * What the filter has left out so far stays left out: a new one is for what has not been looked at, and what waits to
 * be delivered.
 */
async function settledPosition(x: Executor, row: OwnedWebhookRow): Promise<number> {
  return positionBeforeNext(x, eventFilterOf(row), row.position);
}

/**
 * Changes a webhook of the caller's. `active: true` begins anew at once; a new secret is in the answer.
 * Throws `not_found`, `forbidden`, and `bad_value` and `invalid` as for a new one.
 */
export async function changeWebhook(
  s: Uses<'db' | 'clock'>,
  actor: Actor & { principal: Principal },
  id: string,
  request: { patch: WebhookPatch; refuses: (url: URL) => boolean },
): Promise<ChangedWebhook> {
  const { patch, refuses } = request;
  const seen = await ownWebhook(s.db.reader, actor.principal, id);
  const position =
    patch.filter === undefined && patch.channel === undefined
      ? seen.position
      : await settledPosition(s.db.reader, seen);
  return s.db.write(async (tx) => {
    await lockWebhook(tx, id);
    const row = await ownWebhook(tx, actor.principal, id);
    const changes = changesOf(row, patch, refuses);
    const moved = row.revision === seen.revision && position > row.position ? { position } : {};
    await changeRow(tx, row.id, { ...changes, ...moved });
    const changed = await ownWebhook(tx, actor.principal, id);
    await recordAct(tx, actor, changeAct(row, changed), s.clock());
    return { ...toWebhook(changed), ...(changed.secret !== row.secret && { secret: changed.secret }) };
  });
}

function changeAct(before: OwnedWebhookRow, after: OwnedWebhookRow) {
  const told = (row: OwnedWebhookRow) => ({ ...auditedWebhook(row), state: row.state });
  const renewed = before.secret === after.secret ? {} : { secret: 'renewed' };
  return {
    action: 'webhook.update',
    target: webhookTarget(after),
    before: told(before),
    after: { ...told(after), ...renewed },
  };
}
