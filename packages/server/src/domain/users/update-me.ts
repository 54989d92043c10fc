import type { UpdateMeBody, User } from '@kernelci/model';
import { DomainError, unauthorized } from '../../errors.ts';
import type { Tx } from '../../store/database.ts';
import type { GroupRow } from '../../store/groups.ts';
import { groupsOf } from '../../store/memberships.ts';
import { lockUser } from '../../store/users.ts';
import type { Principal } from '../access/principal.ts';
import type { Actor } from '../audit/record.ts';
import { checkNewPassword } from '../passwords/password-rules.ts';
import type { Uses } from '../services.ts';
import { changeError, changeUser } from './change-user.ts';
import { toUser } from './user-view.ts';

/** Users may leave groups, so a strict subset of their own is accepted, and nothing else. */
async function remainingGroups(
  tx: Tx,
  userId: string,
  names: readonly string[] | null | undefined,
): Promise<readonly GroupRow[] | undefined> {
  if (!names) return undefined;
  const own = ((await groupsOf(tx, [userId])).get(userId) ?? []) as GroupRow[];
  if (names.length === 0 && own.length === 0) return undefined;
  const wanted = new Set(names);
  const kept = own.filter((group) => wanted.has(group.name));
  if (kept.length === wanted.size && kept.length < own.length) return kept;
  throw new DomainError('bad_value', 'User groups can only be updated by an admin user');
}

/** Users change their own account. Their tokens stay valid unless they ask for their revocation. */
export async function updateMe(
  s: Uses<'db' | 'clock' | 'hasher'>,
  actor: Actor & { principal: Principal },
  body: UpdateMeBody,
): Promise<User> {
  const password = body.password ?? undefined;
  if (password !== undefined) checkNewPassword(password, 'password');
  const hashedPassword = password === undefined ? undefined : await s.hasher.hash(password);
  const username = body.username ?? undefined;
  try {
    const account = await s.db.write(async (tx) => {
      const row = await lockUser(tx, actor.principal.account.id);
      if (row === undefined) throw unauthorized();
      const groups = await remainingGroups(tx, row.id, body.groups);
      const email = body.email ?? undefined;
      const changes = { username, email, hashedPassword, groups, revokeTokens: body.revoke_tokens ?? false };
      return changeUser(tx, actor, row, changes, { action: 'user.update-self', now: s.clock() });
    });
    return toUser(account);
  } catch (error) {
    throw changeError(error, username);
  }
}
