import { DomainError, notFound } from '../../errors.ts';
import { deleteGroup as deleteGroupRow, lockGroup } from '../../store/groups.ts';
import { hasMembers } from '../../store/memberships.ts';
import { type Actor, recordAct } from '../audit/record.ts';
import type { Uses } from '../services.ts';

const IN_USE = 'User group is assigned to users and cannot be deleted. Remove it from users first.';

/** Throws `not_found`, or `in_use` while users are in the group. */
export async function deleteGroup(s: Uses<'db' | 'clock'>, actor: Actor, id: string): Promise<void> {
  await s.db.write(async (tx) => {
    const group = await lockGroup(tx, id);
    if (group === undefined) throw notFound(`User group not found with id: ${id}`);
    if (await hasMembers(tx, group.id)) throw new DomainError('in_use', IN_USE);
    await deleteGroupRow(tx, group.id);
    const target = { type: 'group', id: group.id, name: group.name } as const;
    await recordAct(tx, actor, { action: 'group.delete', target }, s.clock());
  });
}
