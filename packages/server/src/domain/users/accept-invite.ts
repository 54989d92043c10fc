import type { User } from '@kernelci/model';
import { DomainError } from '../../errors.ts';
import { lockUser, updateUser } from '../../store/users.ts';
import type { Actor } from '../audit/record.ts';
import { isCurrent } from '../mailed-tokens/mailed-token.ts';
import { checkNewPassword } from '../passwords/password-rules.ts';
import type { Uses } from '../services.ts';
import { changeUser } from './change-user.ts';
import { toUser } from './user-view.ts';

const badToken = () => new DomainError('bad_token', 'Invalid or expired invite token');

/** Sets the invited person's password; that the token arrived verifies the address. */
export async function acceptInvite(
  s: Uses<'db' | 'clock' | 'hasher' | 'signer'>,
  actor: Actor,
  { token, password }: { token: string; password: string },
): Promise<User> {
  const claims = await s.signer.verifyMailed(token, 'invite');
  if (claims === undefined) throw badToken();
  checkNewPassword(password, 'password');
  const hashedPassword = await s.hasher.hash(password);
  const now = s.clock();
  const account = await s.db.write(async (tx) => {
    const row = await lockUser(tx, claims.sub);
    if (row === undefined || row.is_active === 0) throw badToken();
    if (row.is_verified === 1 || row.invite_accepted !== null) {
      throw new DomainError('bad_token', 'Invite already accepted');
    }
    if (!isCurrent(claims, row)) throw badToken();
    await updateUser(tx, row.id, { invite_accepted: now });
    const by = { id: row.id, username: row.username };
    const act = { action: 'user.accept-invite', now, by };
    return changeUser(tx, actor, row, { hashedPassword, isVerified: true }, act);
  });
  return toUser(account);
}
