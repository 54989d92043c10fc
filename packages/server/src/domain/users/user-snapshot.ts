import type { Tx } from '../../store/database.ts';
import { groupsOf } from '../../store/memberships.ts';
import type { UserRow } from '../../store/users.ts';

export type UserSnapshot = {
  username: string;
  email: string;
  is_active: boolean;
  is_superuser: boolean;
  is_verified: boolean;
  groups: string[];
};

/** What the audit log keeps of an account. */
export async function snapshotUser(tx: Tx, row: UserRow): Promise<UserSnapshot> {
  const groups = (await groupsOf(tx, [row.id])).get(row.id) ?? [];
  return {
    username: row.username,
    email: row.email,
    is_active: row.is_active === 1,
    is_superuser: row.is_superuser === 1,
    is_verified: row.is_verified === 1,
    groups: groups.map((group) => group.name),
  };
}

/** The parts in which the snapshots differ: as they were, and as they are. */
export function difference(before: UserSnapshot, after: UserSnapshot) {
  const keys = (Object.keys(after) as Array<keyof UserSnapshot>).filter(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  );
  const pick = (from: UserSnapshot) => Object.fromEntries(keys.map((key) => [key, from[key]]));
  return { before: pick(before), after: pick(after) };
}
