import { DomainError } from '../../errors.ts';
import { bumpAccessEpoch } from '../../store/access-epoch.ts';
import type { Tx } from '../../store/database.ts';
import { UniqueViolation } from '../../store/errors.ts';
import type { GroupRow } from '../../store/groups.ts';
import { replaceGroups } from '../../store/memberships.ts';
import type { Flag } from '../../store/schema.ts';
import { countAdmins, emailKey, findUserById, type UserRow, updateUser } from '../../store/users.ts';
import { loadAccount } from '../access/account-view.ts';
import { type Account, ADMIN_GROUP } from '../access/principal.ts';
import { type Actor, recordAct } from '../audit/record.ts';
import { revokeAllTokens } from '../tokens/revoke-token.ts';
import { assertFree } from './assert-free.ts';
import { difference, snapshotUser } from './user-snapshot.ts';

/** What to change of an account; what is undefined stays. */
export interface UserChanges {
  username?: string | undefined;
  email?: string | undefined;
  hashedPassword?: string | undefined;
  isActive?: boolean | undefined;
  isSuperuser?: boolean | undefined;
  isVerified?: boolean | undefined;
  groups?: readonly GroupRow[] | undefined;
  revokeTokens?: boolean;
}

const flag = (value: boolean): Flag => (value ? 1 : 0);

function columnChanges(row: UserRow, changes: UserChanges): Partial<Omit<UserRow, 'seq'>> {
  const email = changes.email ?? row.email;
  const addressChanges = emailKey(email) !== row.email_key;
  const verified = changes.isVerified ?? (addressChanges ? false : row.is_verified === 1);
  const credentialsChange =
    addressChanges || changes.hashedPassword !== undefined || flag(verified) !== row.is_verified;
  return {
    username: changes.username ?? row.username,
    email,
    email_key: emailKey(email),
    hashed_password: changes.hashedPassword ?? row.hashed_password,
    is_active: flag(changes.isActive ?? row.is_active === 1),
    is_superuser: flag(changes.isSuperuser ?? row.is_superuser === 1),
    is_verified: flag(verified),
    credentials_version: row.credentials_version + (credentialsChange ? 1 : 0),
  };
}

async function assertSomeAdmin(tx: Tx): Promise<void> {
  if ((await countAdmins(tx, ADMIN_GROUP)) > 0) return;
  throw new DomainError('in_use', 'This is the last active admin: make another one first');
}

/** Throws `in_use` when the act would leave the server without any admin. */
export async function keepingAnAdmin<T>(tx: Tx, act: () => Promise<T>): Promise<T> {
  const before = await countAdmins(tx, ADMIN_GROUP);
  const result = await act();
  if (before > 0) await assertSomeAdmin(tx);
  return result;
}

/**
 * Changes the account whose row the caller has locked, and records what changed. A new address un-verifies it
 * unless the same change verifies it.
 */
export async function changeUser(
  tx: Tx,
  actor: Actor,
  row: UserRow,
  changes: UserChanges,
  act: { action: string; now: number; by?: { id: string; username: string } },
): Promise<Account> {
  // Taken first, so that changes which could together remove the last admins wait for each other.
  await bumpAccessEpoch(tx);
  await assertFree(tx, changes, row.id);
  const before = await snapshotUser(tx, row);
  await keepingAnAdmin(tx, async () => {
    await updateUser(tx, row.id, { ...columnChanges(row, changes), updated: act.now });
    if (changes.groups) await replaceGroups(tx, row.id, changes.groups);
  });
  if (changes.revokeTokens) await revokeAllTokens(tx, row);
  const after = await snapshotUser(tx, (await findUserById(tx, row.id)) ?? row);
  const shown = difference(before, after);
  const extra = {
    ...(changes.hashedPassword === undefined ? {} : { password: 'changed' }),
    ...(changes.revokeTokens ? { tokens: 'revoked' } : {}),
  };
  const target = { type: 'user', id: row.id, name: row.username } as const;
  const entry = { action: act.action, target, before: shown.before, after: { ...shown.after, ...extra } };
  await recordAct(tx, actor, act.by ? { ...entry, by: act.by } : entry, act.now);
  const account = await loadAccount(tx, row.id);
  if (account === undefined) throw new Error(`user ${row.id} vanished within its own transaction`);
  return account;
}

/** The refusal that a taken name or address means at a change; other errors as they are. */
export function changeError(error: unknown, username: string | undefined): unknown {
  if (!(error instanceof UniqueViolation)) return error;
  return error.column === 'users.username'
    ? new DomainError('taken', `Username already exists: ${username}`)
    : new DomainError('taken', 'UPDATE_USER_EMAIL_ALREADY_EXISTS');
}
