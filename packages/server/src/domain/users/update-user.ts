import { isId, type UpdateUserBody, type User } from '@kernelci/model';
import { notFound } from '../../errors.ts';
import { lockUser } from '../../store/users.ts';
import type { Actor } from '../audit/record.ts';
import { resolveGroups } from '../groups/resolve-groups.ts';
import { checkNewPassword } from '../passwords/password-rules.ts';
import type { Uses } from '../services.ts';
import { changeError, changeUser } from './change-user.ts';
import { toUser } from './user-view.ts';

/** An admin changes an account. A new password revokes the user's tokens. */
export async function updateUser(
  s: Uses<'db' | 'clock' | 'hasher'>,
  actor: Actor,
  id: string,
  body: UpdateUserBody,
): Promise<User> {
  const password = body.password ?? undefined;
  if (password !== undefined) checkNewPassword(password, 'password');
  const hashedPassword = password === undefined ? undefined : await s.hasher.hash(password);
  const username = body.username ?? undefined;
  try {
    const account = await s.db.write(async (tx) => {
      const row = isId(id) ? await lockUser(tx, id) : undefined;
      if (row === undefined) throw notFound(`User not found with id: ${id}`);
      const groups = body.groups ? await resolveGroups(tx, body.groups) : undefined;
      const changes = {
        username,
        email: body.email ?? undefined,
        hashedPassword,
        isActive: body.is_active ?? undefined,
        isSuperuser: body.is_superuser ?? undefined,
        isVerified: body.is_verified ?? undefined,
        groups,
        revokeTokens: password !== undefined,
      };
      return changeUser(tx, actor, row, changes, { action: 'user.update', now: s.clock() });
    });
    return toUser(account);
  } catch (error) {
    throw changeError(error, username);
  }
}
