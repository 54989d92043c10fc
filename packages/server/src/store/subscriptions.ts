import type { Selectable } from 'kysely';
import { compiled } from './compiled.ts';
import type { Executor, Tx } from './database.ts';
import type { SubscriptionTable } from './schema.ts';

export type SubscriptionRow = Selectable<SubscriptionTable> & { username: string };

const withUser = (x: Executor) =>
  x.sql
    .selectFrom('subscriptions')
    .innerJoin('users', 'users.id', 'subscriptions.user_id')
    .selectAll('subscriptions')
    .select('users.username');

const byId = compiled<SubscriptionRow, [number]>((sql) =>
  sql
    .selectFrom('subscriptions')
    .innerJoin('users', 'users.id', 'subscriptions.user_id')
    .selectAll('subscriptions')
    .select('users.username')
    .where('subscriptions.id', '=', 0),
);

export async function findSubscription(x: Executor, id: number): Promise<SubscriptionRow | undefined> {
  return (await byId(x, [id]))[0];
}

/** That of a durable subscriber's name, locked until the transaction ends. */
export async function lockSubscriber(tx: Tx, subscriberId: string): Promise<SubscriptionRow | undefined> {
  const query = withUser(tx).where('subscriber_id', '=', subscriberId);
  return tx.dialect.lock(query).executeTakeFirst();
}

export async function listSubscriptions(x: Executor): Promise<SubscriptionRow[]> {
  return withUser(x).orderBy('subscriptions.id').execute();
}

/** Those of durable subscribers, whoever stands furthest back in the log first. */
export async function listDurable(x: Executor, limit: number): Promise<SubscriptionRow[]> {
  return withUser(x).where('subscriber_id', 'is not', null).orderBy('cursor').limit(limit).execute();
}

/** Answers the new subscription's id. */
export async function insertSubscription(
  tx: Tx,
  row: Omit<
    Selectable<SubscriptionTable>,
    'id' | 'generation' | 'delivered' | 'last_poll' | 'in_doubt' | 'holder'
  >,
): Promise<number> {
  const inserted = await tx.sql
    .insertInto('subscriptions')
    .values({ ...row, generation: 1, delivered: null, last_poll: null })
    .returning('id')
    .executeTakeFirstOrThrow();
  return inserted.id;
}

/** What has not been acknowledged will be told again, and the subscriber may want another channel now. */
export async function restartSubscription(
  tx: Tx,
  id: number,
  changes: Partial<Pick<SubscriptionRow, 'channel' | 'promiscuous' | 'cursor'>>,
): Promise<void> {
  await tx.sql
    .updateTable('subscriptions')
    .set((eb) => ({ ...changes, delivered: null, in_doubt: 0, generation: eb('generation', '+', 1) }))
    .where('id', '=', id)
    .execute();
}

/** How far a subscriber has come. */
export interface Progress {
  id: number;
  generation: number;
  cursor: number;
  delivered: number | null;
  lastPoll: number;
  /** Whether what was delivered may still turn out not to have come. */
  inDoubt: boolean;
  /** This process. */
  holder: string;
}

type Values = [number, number | null, number, number, string, number, number, number];

const record = compiled<never, Values>((sql) =>
  sql
    .updateTable('subscriptions')
    .set({ cursor: 0, delivered: 0, last_poll: 0, in_doubt: 0, holder: '' })
    .where('id', '=', 0)
    .where('generation', '=', 0)
    .where('cursor', '<=', 0),
);

/** Records how far subscribers have come. Never goes back, and never touches what has been restarted since. */
export async function recordProgress(tx: Tx, progress: readonly Progress[]): Promise<void> {
  // In one order everywhere: instances that record the same subscriptions do not wait for each other in a circle.
  for (const p of [...progress].sort((a, b) => a.id - b.id)) {
    const { cursor, delivered, lastPoll, inDoubt, holder } = p;
    const set = [cursor, delivered, lastPoll, inDoubt ? 1 : 0, holder] as const;
    await record(tx, [...set, p.id, p.generation, cursor]);
  }
}

/** Answers whether there was one. */
export async function deleteSubscription(tx: Tx, id: number): Promise<boolean> {
  const result = await tx.sql.deleteFrom('subscriptions').where('id', '=', id).executeTakeFirst();
  return result.numDeletedRows > 0n;
}

/**
 * Removes those that nobody has asked for since the moment. Those of durable subscribers stay: without them, one that
 * is back would not know that it has missed something.
 */
export async function deleteAbandoned(tx: Tx, before: number): Promise<void> {
  await tx.sql
    .deleteFrom('subscriptions')
    .where('subscriber_id', 'is', null)
    .where((eb) => eb(eb.fn.coalesce('last_poll', 'created'), '<', before))
    .execute();
}
