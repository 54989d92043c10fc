import { isId } from '@kernelci/model';
import { notFound } from '../../errors.ts';
import { bumpAccessEpoch } from '../../store/access-epoch.ts';
import { deleteUser as deleteUserRow, lockUser } from '../../store/users.ts';
import { type Actor, recordAct } from '../audit/record.ts';
import type { Uses } from '../services.ts';
import { keepingAnAdmin } from './change-user.ts';
import { snapshotUser } from './user-snapshot.ts';

/** Deletes the account with its tokens. Throws `not_found`, or `in_use` for the last admin. */
export async function deleteUser(s: Uses<'db' | 'clock'>, actor: Actor, id: string): Promise<void> {
  await s.db.write(async (tx) => {
    const row = isId(id) ? await lockUser(tx, id) : undefined;
    if (row === undefined) throw notFound();
    await bumpAccessEpoch(tx);
    const before = await snapshotUser(tx, row);
    await keepingAnAdmin(tx, () => deleteUserRow(tx, row.id));
    const target = { type: 'user', id: row.id, name: row.username } as const;
    await recordAct(tx, actor, { action: 'user.delete', target, before }, s.clock());
  });
}
