import { type SubscriptionStats, toApiTime } from '@kernelci/model';
import { listSubscriptions } from '../../store/subscriptions.ts';
import type { Uses } from '../services.ts';

/** All subscriptions, oldest first. */
export async function subscriptionStats(s: Uses<'db'>): Promise<SubscriptionStats[]> {
  const rows = await listSubscriptions(s.db.reader);
  return rows.map((row) => ({
    id: row.id,
    channel: row.channel,
    user: row.username,
    promiscuous: row.promiscuous === 1,
    created: toApiTime(row.created),
    last_poll: row.last_poll === null ? null : toApiTime(row.last_poll),
  }));
}
