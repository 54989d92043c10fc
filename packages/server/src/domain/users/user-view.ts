import type { User } from '@kernelci/model';
import type { Executor } from '../../store/database.ts';
import { groupsOf } from '../../store/memberships.ts';
import type { UserRow } from '../../store/users.ts';
import type { Account } from '../access/principal.ts';

/** The account as every reader may see it. */
export function toUser(account: Account): User {
  return {
    id: account.id,
    email: account.email,
    is_active: account.isActive,
    is_superuser: account.isSuperuser,
    is_verified: account.isVerified,
    username: account.username,
    groups: account.groups.map(({ id, name }) => ({ id, name })),
  };
}

/** The users of the rows, with their groups. */
export async function toUsers(x: Executor, rows: readonly UserRow[]): Promise<User[]> {
  const groups = await groupsOf(
    x,
    rows.map((row) => row.id),
  );
  return rows.map((row) => ({
    id: row.id,
    email: row.email,
    is_active: row.is_active === 1,
    is_superuser: row.is_superuser === 1,
    is_verified: row.is_verified === 1,
    username: row.username,
    groups: groups.get(row.id) ?? [],
  }));
}
