import { type Group, newId } from '@kernelci/model';
import { DomainError } from '../../errors.ts';
import { UniqueViolation } from '../../store/errors.ts';
import { insertGroup } from '../../store/groups.ts';
import { type Actor, recordAct } from '../audit/record.ts';
import type { Uses } from '../services.ts';

/** Throws `taken` when there is a group of that name. */
export async function createGroup(s: Uses<'db' | 'clock'>, actor: Actor, name: string): Promise<Group> {
  const now = s.clock();
  const group = { id: newId(now), name };
  try {
    await s.db.write(async (tx) => {
      await insertGroup(tx, group);
      await recordAct(tx, actor, { action: 'group.create', target: { type: 'group', ...group } }, now);
    });
  } catch (error) {
    if (!(error instanceof UniqueViolation)) throw error;
    throw new DomainError('taken', `User group already exists with name: ${name}`);
  }
  return group;
}
