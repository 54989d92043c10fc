import type { Subscription } from '@kernelci/model';
import { DomainError, forbidden } from '../../errors.ts';
import type { Tx } from '../../store/database.ts';
import { UniqueViolation } from '../../store/errors.ts';
import { lastSeq } from '../../store/events.ts';
import {
  insertSubscription,
  lockSubscriber,
  restartSubscription,
  type SubscriptionRow,
} from '../../store/subscriptions.ts';
import type { Principal } from '../access/principal.ts';
import type { Uses } from '../services.ts';

export interface SubscribeRequest {
  channel: string;
  promiscuous: boolean;
  /** The name under which a durable subscriber comes back. */
  subscriberId: string | undefined;
}

/** A durable subscriber that is back goes on behind what it has acknowledged; on another channel it begins anew. */
async function comeBack(tx: Tx, row: SubscriptionRow, request: SubscribeRequest): Promise<void> {
  const { channel, promiscuous } = request;
  const moved = row.channel !== channel;
  await restartSubscription(tx, row.id, {
    channel,
    promiscuous: promiscuous ? 1 : 0,
    ...(moved && { cursor: await lastSeq(tx) }),
  });
}

async function subscribeOnce(
  s: Uses<'db' | 'clock'>,
  principal: Principal,
  request: SubscribeRequest,
): Promise<number> {
  const { id: userId, username } = principal.account;
  const { channel, promiscuous, subscriberId } = request;
  return s.db.write(async (tx) => {
    const known = subscriberId === undefined ? undefined : await lockSubscriber(tx, subscriberId);
    if (known !== undefined) {
      if (known.user_id !== userId)
        throw forbidden(`subscriber_id ${subscriberId} belongs to another user than ${username}`);
      await comeBack(tx, known, request);
      return known.id;
    }
    return insertSubscription(tx, {
      channel,
      user_id: userId,
      promiscuous: promiscuous ? 1 : 0,
      subscriber_id: subscriberId ?? null,
      cursor: await lastSeq(tx),
      created: s.clock(),
    });
  });
}

/**
 * Subscribes the caller to the channel, from the next event on; a durable subscriber that comes back gets what it has
 * not acknowledged. Throws `forbidden` for a `subscriber_id` of somebody else.
 */
export async function subscribe(
  s: Uses<'db' | 'clock'>,
  principal: Principal,
  request: SubscribeRequest,
): Promise<Subscription> {
  const { channel, promiscuous } = request;
  const answer = (id: number) => ({ id, channel, user: principal.account.username, promiscuous });
  try {
    return answer(await subscribeOnce(s, principal, request));
  } catch (error) {
    // Two that came first at once: the second one finds the first one's.
    if (!(error instanceof UniqueViolation)) throw error;
    return answer(await subscribeOnce(s, principal, request));
  }
}

/** The caller's subscription. Throws `not_found`, or `forbidden` for somebody else's. */
export function ownSubscription(
  row: SubscriptionRow | undefined,
  id: number,
  principal: Principal,
): SubscriptionRow {
  if (row === undefined)
    throw new DomainError('not_found', `Subscription id not found: 'Subscription ${id} not found'`);
  const { id: userId, username } = principal.account;
  if (row.user_id !== userId) throw forbidden(`Subscription ${id} not owned by ${username}`);
  return row;
}
