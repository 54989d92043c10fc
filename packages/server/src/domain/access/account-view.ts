import type { Executor } from '../../store/database.ts';
import { groupsOf } from '../../store/memberships.ts';
import { findUserById, type UserRow } from '../../store/users.ts';
import type { Account } from './principal.ts';

export function toAccount(row: Omit<UserRow, 'seq'>, groups: Account['groups']): Account {
  return {
    id: row.id,
    username: row.username,
    email: row.email,
    isActive: row.is_active === 1,
    isVerified: row.is_verified === 1,
    isSuperuser: row.is_superuser === 1,
    tokenGeneration: row.token_generation,
    groups,
  };
}

export async function loadAccount(x: Executor, id: string): Promise<Account | undefined> {
  const row = await findUserById(x, id);
  if (row === undefined) return undefined;
  return toAccount(row, (await groupsOf(x, [id])).get(id) ?? []);
}
