import { deleteSubscription, findSubscription } from '../../store/subscriptions.ts';
import type { Principal } from '../access/principal.ts';
import type { Uses } from '../services.ts';
import { ownSubscription } from './subscribe.ts';

/** Ends the subscription; nothing is kept for it. Throws as `ownSubscription`. */
export async function unsubscribe(s: Uses<'db'>, principal: Principal, id: number): Promise<void> {
  await s.db.write(async (tx) => {
    ownSubscription(await findSubscription(tx, id), id, principal);
    await deleteSubscription(tx, id);
  });
}
