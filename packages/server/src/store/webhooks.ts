import type { Insertable, Selectable, SelectQueryBuilder, Updateable } from 'kysely';
import { count } from './count.ts';
import type { Executor, Tx } from './database.ts';
import type { Schema, WebhookTable } from './schema.ts';

export type WebhookRow = Selectable<WebhookTable>;
export type OwnedWebhookRow = WebhookRow & { username: string };

const withOwner = (x: Executor) =>
  x.sql.selectFrom('webhooks').innerJoin('users', 'users.id', 'webhooks.user_id');

const owned = (x: Executor) => withOwner(x).selectAll('webhooks').select('users.username');

export async function insertWebhook(
  tx: Tx,
  row: Pick<
    Insertable<WebhookTable>,
    'id' | 'user_id' | 'url' | 'channel' | 'filter' | 'description' | 'secret' | 'created' | 'position'
  >,
): Promise<void> {
  await tx.sql
    .insertInto('webhooks')
    .values({ ...row, state: 'active', revision: 1, attempts: 0, lease_until: 0 })
    .execute();
}

export async function findWebhook(x: Executor, id: string): Promise<OwnedWebhookRow | undefined> {
  return owned(x).where('webhooks.id', '=', id.toLowerCase()).executeTakeFirst();
}

/** The webhook's row, kept from being changed by others until the transaction ends. */
export async function lockWebhook(tx: Tx, id: string): Promise<WebhookRow | undefined> {
  const query = tx.sql.selectFrom('webhooks').selectAll().where('id', '=', id.toLowerCase());
  return tx.dialect.lock(query).executeTakeFirst();
}

/** Oldest first: of one user, or of all. */
export async function listWebhooks(
  x: Executor,
  page: { userId: string | undefined; limit: number; offset: number },
): Promise<{ rows: OwnedWebhookRow[]; total: number }> {
  const of = <O>(query: SelectQueryBuilder<Schema, 'webhooks' | 'users', O>) =>
    page.userId === undefined ? query : query.where('webhooks.user_id', '=', page.userId);
  const rows = await of(owned(x)).orderBy('webhooks.seq').limit(page.limit).offset(page.offset).execute();
  return { rows, total: await count(of(withOwner(x))) };
}

export async function countWebhooksOf(x: Executor, userId: string): Promise<number> {
  return count(x.sql.selectFrom('webhooks').where('user_id', '=', userId));
}

/** How many are disabled; and of the others, how many have an event that their receiver did not take. */
export async function countTroubled(x: Executor): Promise<{ failing: number; disabled: number }> {
  const all = x.sql.selectFrom('webhooks');
  return {
    failing: await count(all.where('state', '=', 'active').where('failing_since', 'is not', null)),
    disabled: await count(all.where('state', '=', 'disabled')),
  };
}

/** Changes the webhook as its owner wants it: whoever delivers at the moment learns that it has changed. */
export async function changeWebhook(
  tx: Tx,
  id: string,
  changes: Omit<Updateable<WebhookTable>, 'revision'>,
): Promise<void> {
  await tx.sql
    .updateTable('webhooks')
    .set((eb) => ({ ...changes, revision: eb('revision', '+', 1) }))
    .where('id', '=', id)
    .execute();
}

export async function deleteWebhook(tx: Tx, id: string): Promise<void> {
  await tx.sql.deleteFrom('webhooks').where('id', '=', id).execute();
}
