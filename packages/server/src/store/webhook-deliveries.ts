import type { Insertable, Selectable } from 'kysely';
import { count } from './count.ts';
import type { Executor, Tx } from './database.ts';
import type { WebhookDeliveryTable } from './schema.ts';

/** Records kept of a webhook. */
export const DELIVERIES_KEPT = 1000;

export type DeliveryRow = Selectable<WebhookDeliveryTable>;

/** Records what became of a request, unless the webhook is gone. */
export async function insertDelivery(tx: Tx, row: Insertable<WebhookDeliveryTable>): Promise<void> {
  const query = tx.sql.selectFrom('webhooks').select('id').where('id', '=', row.webhook_id);
  if ((await tx.dialect.lock(query).executeTakeFirst()) === undefined) return;
  await tx.sql.insertInto('webhook_deliveries').values(row).execute();
}

/** Newest first. */
export async function listDeliveries(
  x: Executor,
  webhookId: string,
  page: { limit: number; offset: number },
): Promise<{ rows: DeliveryRow[]; total: number }> {
  const query = x.sql.selectFrom('webhook_deliveries').where('webhook_id', '=', webhookId);
  const rows = await query.selectAll().orderBy('seq', 'desc').limit(page.limit).offset(page.offset).execute();
  return { rows, total: await count(query) };
}

/** Keeps the webhook's newest records. */
export async function trimDeliveries(tx: Tx, webhookId: string): Promise<void> {
  const beyond = await tx.sql
    .selectFrom('webhook_deliveries')
    .select('seq')
    .where('webhook_id', '=', webhookId)
    .orderBy('seq', 'desc')
    .offset(DELIVERIES_KEPT)
    .limit(1)
    .executeTakeFirst();
  if (beyond === undefined) return;
  await tx.sql
    .deleteFrom('webhook_deliveries')
    .where('webhook_id', '=', webhookId)
    .where('seq', '<=', beyond.seq)
    .execute();
}

/** The webhooks with more records than are kept. */
export async function overfullWebhooks(x: Executor): Promise<string[]> {
  const rows = await x.sql
    .selectFrom('webhook_deliveries')
    .select('webhook_id')
    .groupBy('webhook_id')
    .having((eb) => eb(eb.fn.countAll(), '>', DELIVERIES_KEPT))
    .execute();
  return rows.map(({ webhook_id: id }) => id);
}
