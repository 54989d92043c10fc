import { setTimeout as delay } from 'node:timers/promises';
import { findSubscription, type SubscriptionRow } from '../../store/subscriptions.ts';
import type { Principal } from '../access/principal.ts';
import type { Uses } from '../services.ts';
import { ownSubscription } from './subscribe.ts';

const STEP_MS = 20;
const STEPS = 15;

/**
 * The caller's subscription, as it stands once it is known what became of what another instance (`self` is this one)
 * has just handed over. Throws as `ownSubscription`.
 */
export async function findOwn(
  s: Uses<'db'>,
  principal: Principal,
  id: number,
  self: string,
): Promise<SubscriptionRow> {
  const find = async () => ownSubscription(await findSubscription(s.db.reader, id), id, principal);
  let row = await find();
  for (let step = 0; row.in_doubt === 1 && row.holder !== self && step < STEPS; step += 1) {
    await delay(STEP_MS);
    row = await find();
  }
  // When it is this instance's, it knows better; when it is another's, nobody will say any more whether it came.
  return row.in_doubt === 1 ? { ...row, delivered: null, in_doubt: 0 } : row;
}
