import { lockConsumerGroup } from '../../store/consumer-groups.ts';
import { acknowledgeEntries, releaseEntries, reviveEntries } from '../../store/group-acknowledgements.ts';
import { buryExhausted } from '../../store/group-entries.ts';
import type { Principal } from '../access/principal.ts';
import type { Uses } from '../services.ts';
import { groupNotFound, ownGroup } from './own-group.ts';

export interface Settled {
  groupId: number;
  /** How many entries it was. */
  count: number;
}

interface Named {
  name: string;
  /** The entries' numbers. */
  seqs: readonly number[];
}

/** The entries are done: the group's workers see them no more. Throws as `ownGroup`. */
export async function acknowledge(
  s: Uses<'db'>,
  principal: Principal,
  { name, seqs }: Named,
): Promise<Settled> {
  const { id } = await ownGroup(s.db.reader, principal, name, 'use');
  const count = await s.db.write(async (tx) => {
    if ((await lockConsumerGroup(tx, id)) === undefined) throw groupNotFound(name);
    return acknowledgeEntries(tx, id, seqs);
  });
  return { groupId: id, count };
}

/** The entries may be claimed again at once. Throws as `ownGroup`. */
export async function release(s: Uses<'db'>, principal: Principal, { name, seqs }: Named): Promise<Settled> {
  const { id } = await ownGroup(s.db.reader, principal, name, 'use');
  const count = await s.db.write(async (tx) => {
    if ((await lockConsumerGroup(tx, id)) === undefined) throw groupNotFound(name);
    return releaseEntries(tx, id, seqs);
  });
  return { groupId: id, count };
}

/** Dead letters, all or those named, are delivered again as if they never had been. Throws as `ownGroup`. */
export async function retryDead(
  s: Uses<'db' | 'clock'>,
  principal: Principal,
  { name, seqs }: { name: string; seqs: readonly number[] | undefined },
): Promise<Settled> {
  const { id } = await ownGroup(s.db.reader, principal, name, 'use');
  const count = await s.db.write(async (tx) => {
    const group = await lockConsumerGroup(tx, id);
    if (group === undefined) throw groupNotFound(name);
    await buryExhausted(tx, id, group.max_deliveries, s.clock());
    return reviveEntries(tx, id, seqs);
  });
  return { groupId: id, count };
}
