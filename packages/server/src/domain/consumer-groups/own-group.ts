import { forbidden, notFound } from '../../errors.ts';
import { type ConsumerGroupRow, findConsumerGroup } from '../../store/consumer-groups.ts';
import type { Executor } from '../../store/database.ts';
import { isAdmin, type Principal } from '../access/principal.ts';

export const groupNotFound = (name: string | number) => notFound(`Consumer group not found: ${name}`);

/**
 * The group of the name. Throws `not_found`, and `forbidden` for somebody else's, which admins may `look` at and
 * remove and nobody may `use`.
 */
export async function ownGroup(
  x: Executor,
  principal: Principal,
  name: string,
  purpose: 'look' | 'use',
): Promise<ConsumerGroupRow> {
  const row = await findConsumerGroup(x, name);
  if (row === undefined) throw groupNotFound(name);
  const { id, username } = principal.account;
  if (row.user_id === id || (purpose === 'look' && isAdmin(principal))) return row;
  throw forbidden(`Consumer group ${name} not owned by ${username}`);
}
