import type { Selectable } from 'kysely';
import type { Executor, Tx } from './database.ts';
import type { WebhookTable } from './schema.ts';

/** What has to be known of a webhook to see whether there is something to deliver. */
export type ActiveWebhook = Pick<
  Selectable<WebhookTable>,
  | ('id' | 'user_id' | 'channel' | 'filter' | 'revision' | 'position')
  | ('next_attempt' | 'lease_holder' | 'lease_until')
>;

/** A webhook with what delivering needs. */
export type WorkRow = ActiveWebhook &
  Pick<Selectable<WebhookTable>, 'url' | 'secret' | 'attempts' | 'failing_since'> & {
    username: string;
    email: string;
  };

const WATCHED = ['id', 'user_id', 'channel', 'filter', 'revision', 'position', 'next_attempt'] as const;
const LEASE = ['lease_holder', 'lease_until'] as const;

/** Those of deactivated accounts rest. */
const active = (x: Executor) =>
  x.sql
    .selectFrom('webhooks')
    .innerJoin('users', 'users.id', 'webhooks.user_id')
    .where('webhooks.state', '=', 'active')
    .where('users.is_active', '=', 1);

export async function listActiveWebhooks(x: Executor): Promise<ActiveWebhook[]> {
  const columns = [...WATCHED, ...LEASE].map((name) => `webhooks.${name}` as const);
  return active(x).select(columns).orderBy('webhooks.seq').execute();
}

/** The webhook when it is one to deliver to. */
export async function findActiveWebhook(x: Executor, id: string): Promise<WorkRow | undefined> {
  const further = ['url', 'secret', 'attempts', 'failing_since'] as const;
  const columns = [...WATCHED, ...LEASE, ...further].map((name) => `webhooks.${name}` as const);
  return active(x)
    .where('webhooks.id', '=', id)
    .select([...columns, 'users.username', 'users.email'])
    .executeTakeFirst();
}

/** Who delivers, of which state of the webhook, and for how long nobody else may. */
export interface Lease {
  id: string;
  revision: number;
  holder: string;
  until: number;
}

/**
 * Takes or extends the lease for the delivery of the entry. False when somebody else has it, or has delivered or
 * tried the entry meanwhile, or the webhook has changed.
 */
export async function takeLease(
  tx: Tx,
  lease: Lease,
  delivery: { now: number; sequenceId: number },
): Promise<boolean> {
  const result = await tx.sql
    .updateTable('webhooks')
    .set({ lease_holder: lease.holder, lease_until: lease.until })
    .where('id', '=', lease.id)
    .where('revision', '=', lease.revision)
    .where('state', '=', 'active')
    .where('position', '<', delivery.sequenceId)
    .where((eb) => eb.or([eb('next_attempt', 'is', null), eb('next_attempt', '<=', delivery.now)]))
    .where((eb) => eb.or([eb('lease_until', '<=', delivery.now), eb('lease_holder', '=', lease.holder)]))
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Extends a lease during a delivery. */
export async function extendLease(tx: Tx, lease: Lease): Promise<void> {
  await tx.sql
    .updateTable('webhooks')
    .set({ lease_until: lease.until })
    .where('id', '=', lease.id)
    .where('lease_holder', '=', lease.holder)
    .execute();
}

/** Frees all that the holder has, or one webhook of it. */
export async function freeLeases(tx: Tx, holder: string, id?: string): Promise<void> {
  const query = tx.sql
    .updateTable('webhooks')
    .set({ lease_holder: null, lease_until: 0 })
    .where('lease_holder', '=', holder);
  await (id === undefined ? query : query.where('id', '=', id)).execute();
}

/** The webhook's row under the lease, unless it has been lost or the webhook has changed. */
const held = (tx: Tx, lease: Lease) =>
  tx.sql
    .updateTable('webhooks')
    .where('id', '=', lease.id)
    .where('lease_holder', '=', lease.holder)
    .where('revision', '=', lease.revision);

/** The entry is delivered. False when the lease was lost or the webhook has changed meanwhile. */
export async function recordDelivered(tx: Tx, lease: Lease, sequenceId: number): Promise<boolean> {
  const result = await held(tx, lease)
    .where('position', '<', sequenceId)
    .set({
      position: sequenceId,
      attempts: 0,
      failing_since: null,
      next_attempt: null,
      last_error: null,
      lease_until: lease.until,
    })
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** The next entry could not be delivered. Frees the lease. False as `recordDelivered`. */
export async function recordFailed(
  tx: Tx,
  lease: Lease,
  failure: Required<
    Pick<WebhookTable, 'state' | 'attempts' | 'failing_since' | 'next_attempt' | 'last_error'>
  >,
): Promise<boolean> {
  const result = await held(tx, lease)
    .set({ ...failure, lease_holder: null, lease_until: 0 })
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/**
 * Entries up to the position were none of the webhook's, or are no more in the log: then `lastError` says so. Never
 * goes back. False when it was there already, or the webhook has changed.
 */
export async function moveOn(
  tx: Tx,
  webhook: Pick<WebhookTable, 'id' | 'revision' | 'position'>,
  lastError?: string,
): Promise<boolean> {
  const result = await tx.sql
    .updateTable('webhooks')
    .set({ position: webhook.position, ...(lastError !== undefined && { last_error: lastError }) })
    .where('id', '=', webhook.id)
    .where('revision', '=', webhook.revision)
    .where('position', '<', webhook.position)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}
