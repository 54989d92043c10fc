import { findSubscription, type SubscriptionRow } from '../../store/subscriptions.ts';
import type { Principal } from '../access/principal.ts';
import type { Uses } from '../services.ts';
import { ownSubscription } from './subscribe.ts';

/** The caller's subscription. Throws as `ownSubscription`. */
export async function findOwn(s: Uses<'db'>, principal: Principal, id: number): Promise<SubscriptionRow> {
  return ownSubscription(await findSubscription(s.db.reader, id), id, principal);
}
