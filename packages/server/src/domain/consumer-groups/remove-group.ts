import { deleteConsumerGroup } from '../../store/consumer-groups.ts';
import type { Principal } from '../access/principal.ts';
import type { Uses } from '../services.ts';
import { ownGroup } from './own-group.ts';

/** Removes the group with all that is its own, and answers its id. Throws as `ownGroup`. */
export async function removeConsumerGroup(
  s: Uses<'db'>,
  principal: Principal,
  name: string,
): Promise<number> {
  return s.db.write(async (tx) => {
    const { id } = await ownGroup(tx, principal, name, 'look');
    await deleteConsumerGroup(tx, id);
    return id;
  });
}
