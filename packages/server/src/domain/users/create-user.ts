import { newId } from '@kernelci/model';
import { bumpAccessEpoch } from '../../store/access-epoch.ts';
import type { Tx } from '../../store/database.ts';
import type { GroupRow } from '../../store/groups.ts';
import { replaceGroups } from '../../store/memberships.ts';
import type { Flag } from '../../store/schema.ts';
import { emailKey, insertUser, type UserRow } from '../../store/users.ts';
import { toAccount } from '../access/account-view.ts';
import type { Account } from '../access/principal.ts';
import { assertFree } from './assert-free.ts';

export interface NewUser {
  /** Chosen by the caller when a token for the account was signed before it exists. */
  id?: string;
  username: string;
  email: string;
  hashedPassword: string;
  isSuperuser?: boolean;
  isVerified?: boolean;
  invited?: number;
  groups: readonly GroupRow[];
}

const flag = (value: boolean | undefined): Flag => (value ? 1 : 0);

export type CreatedUser = { row: Omit<UserRow, 'seq'>; account: Account };

/** Inserts an active account with its groups. A name or address that is taken fails as a `UniqueViolation`. */
export async function createUser(tx: Tx, user: NewUser, now: number): Promise<CreatedUser> {
  const row: CreatedUser['row'] = {
    id: user.id ?? newId(now),
    username: user.username,
    email: user.email,
    email_key: emailKey(user.email),
    hashed_password: user.hashedPassword,
    is_active: 1,
    is_superuser: flag(user.isSuperuser),
    is_verified: flag(user.isVerified),
    credentials_version: 0,
    token_generation: 0,
    invited: user.invited ?? null,
    invite_accepted: null,
    created: now,
    updated: now,
  };
  await assertFree(tx, row);
  await insertUser(tx, row);
  await replaceGroups(tx, row.id, user.groups);
  await bumpAccessEpoch(tx);
  return { row, account: toAccount(row, user.groups) };
}
