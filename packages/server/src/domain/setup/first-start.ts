import { randomBytes } from 'node:crypto';
import { newId } from '@kernelci/model';
import { bumpAccessEpoch } from '../../store/access-epoch.ts';
import type { Tx } from '../../store/database.ts';
import { UniqueViolation } from '../../store/errors.ts';
import { ensureGroup, findGroupsByName } from '../../store/groups.ts';
import { countAdmins } from '../../store/users.ts';
import { ADMIN_GROUP, EDIT_ANY_GROUP } from '../access/principal.ts';
import { recordAct, SYSTEM } from '../audit/record.ts';
import type { Uses } from '../services.ts';
import { createUser } from '../users/create-user.ts';

export interface FirstAdmin {
  username: string;
  email: string;
  password: string | undefined;
}

/** What the first start did: the admin it made, with the password if it had to make one up. */
export interface FirstStart {
  admin?: { username: string; generatedPassword?: string };
}

const newPassword = (): string => randomBytes(15).toString('base64url');

async function ensureGroups(tx: Tx, now: number): Promise<void> {
  // One at a time on all instances: the counter's row is locked until the commit.
  await bumpAccessEpoch(tx);
  for (const name of [EDIT_ANY_GROUP, ADMIN_GROUP]) await ensureGroup(tx, { id: newId(now), name });
}

/**
 * Creates the groups that always exist and, where there is no active admin, the first one.
 * Throws an `Error` that says what to set when its name or address belongs to an account without admin rights.
 */
export async function prepareFirstStart(
  s: Uses<'db' | 'clock' | 'hasher'>,
  first: FirstAdmin,
): Promise<FirstStart> {
  const now = s.clock();
  const ready = await findGroupsByName(s.db.reader, [EDIT_ANY_GROUP, ADMIN_GROUP]);
  if (ready.length < 2) await s.db.write((tx) => ensureGroups(tx, now));
  if ((await countAdmins(s.db.reader, ADMIN_GROUP)) > 0) return {};
  const password = first.password ?? newPassword();
  const hashedPassword = await s.hasher.hash(password);
  const { username, email } = first;
  try {
    return await s.db.write(async (tx) => {
      await bumpAccessEpoch(tx);
      if ((await countAdmins(tx, ADMIN_GROUP)) > 0) return {};
      const groups = await findGroupsByName(tx, [ADMIN_GROUP]);
      const user = { username, email, hashedPassword, isSuperuser: true, isVerified: true, groups };
      const { row } = await createUser(tx, user, now);
      const target = { type: 'user', id: row.id, name: username } as const;
      await recordAct(tx, SYSTEM, { action: 'user.first-admin', target, after: { email } }, now);
      return {
        admin: first.password === undefined ? { username, generatedPassword: password } : { username },
      };
    });
  } catch (error) {
    if (!(error instanceof UniqueViolation)) throw error;
    throw new Error(
      `there is no active admin, and ${username} <${email}> cannot become the first one: an account without ` +
        'admin rights has that name or address. Set KCI_INITIAL_ADMIN_USERNAME and KCI_INITIAL_ADMIN_EMAIL to others',
    );
  }
}
