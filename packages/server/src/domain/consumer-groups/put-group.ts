import type { ConsumerGroupBody } from '@kernelci/model';
import { findConsumerGroup, insertConsumerGroup, updateConsumerGroup } from '../../store/consumer-groups.ts';
import { UniqueViolation } from '../../store/errors.ts';
import { purgedThrough } from '../../store/events.ts';
import type { Principal } from '../access/principal.ts';
import { storedConditions } from '../events/stored-filter.ts';
import { startPosition } from '../feed/start-position.ts';
import type { Uses } from '../services.ts';
import { ownGroup } from './own-group.ts';

async function putOnce(
  s: Uses<'db' | 'clock'>,
  principal: Principal,
  name: string,
  body: ConsumerGroupBody,
): Promise<number> {
  const { visibility_seconds, max_deliveries, start = 'latest' } = body;
  const settings = {
    channel: body.channel ?? null,
    filter: storedConditions(body.filter ?? {}),
    visibility_seconds,
    max_deliveries,
  };
  return s.db.write(async (tx) => {
    if ((await findConsumerGroup(tx, name)) !== undefined) {
      const { id } = await ownGroup(tx, principal, name, 'use');
      await updateConsumerGroup(tx, id, settings);
      return id;
    }
    const position = start === 'oldest' ? await purgedThrough(tx) : (await startPosition(tx, start)).position;
    const user_id = principal.account.id;
    await insertConsumerGroup(tx, { ...settings, name, user_id, position, created: s.clock() });
    return (await ownGroup(tx, principal, name, 'use')).id;
  });
}

/**
 * Creates the group, or gives it these settings: where it stands, and what its workers have, stays. Answers its id.
 * Throws `forbidden` for somebody else's, `invalid` for a filter that cannot be read, and as `startPosition`.
 */
export async function putConsumerGroup(
  s: Uses<'db' | 'clock'>,
  principal: Principal,
  name: string,
  body: ConsumerGroupBody,
): Promise<number> {
  try {
    return await putOnce(s, principal, name, body);
  } catch (error) {
    // Two that created it at once: the second one finds the first one's.
    if (!(error instanceof UniqueViolation)) throw error;
    return putOnce(s, principal, name, body);
  }
}
