import { deleteWebhook as deleteRow } from '../../store/webhooks.ts';
import type { Principal } from '../access/principal.ts';
import { type Actor, recordAct } from '../audit/record.ts';
import type { Uses } from '../services.ts';
import { auditedWebhook, visibleWebhook, webhookTarget } from './webhook-view.ts';

/** Deletes a webhook of the caller's; anybody's for admins. Throws `not_found`, `forbidden`. */
export async function deleteWebhook(
  s: Uses<'db' | 'clock'>,
  actor: Actor & { principal: Principal },
  id: string,
): Promise<void> {
  await s.db.write(async (tx) => {
    const row = await visibleWebhook(tx, actor.principal, id);
    await deleteRow(tx, row.id);
    const act = { action: 'webhook.delete', target: webhookTarget(row), before: auditedWebhook(row) };
    await recordAct(tx, actor, act, s.clock());
  });
}
