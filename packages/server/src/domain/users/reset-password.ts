import { toApiTime } from '@kernelci/model';
import { DomainError } from '../../errors.ts';
import { queueMail } from '../../mail/queue.ts';
import { lockUser } from '../../store/users.ts';
import type { Actor } from '../audit/record.ts';
import { isCurrent } from '../mailed-tokens/mailed-token.ts';
import { checkNewPassword } from '../passwords/password-rules.ts';
import type { Uses } from '../services.ts';
import { changeUser } from './change-user.ts';

const badToken = () => new DomainError('bad_token', 'RESET_PASSWORD_BAD_TOKEN');

/** Sets a password with a mailed token, revokes the user's tokens and tells the user. */
export async function resetPassword(
  s: Uses<'db' | 'clock' | 'hasher' | 'signer' | 'mails'>,
  actor: Actor,
  { token, password }: { token: string; password: string },
  apiUrl: string,
): Promise<void> {
  const claims = await s.signer.verifyMailed(token, 'reset');
  if (claims === undefined) throw badToken();
  checkNewPassword(password, 'password');
  const hashedPassword = await s.hasher.hash(password);
  const now = s.clock();
  await s.db.write(async (tx) => {
    const row = await lockUser(tx, claims.sub);
    if (row === undefined || row.is_active === 0 || !isCurrent(claims, row)) throw badToken();
    const by = { id: row.id, username: row.username };
    const act = { action: 'user.reset-password', now, by };
    await changeUser(tx, actor, row, { hashedPassword, revokeTokens: true }, act);
    const data = {
      username: row.username,
      apiUrl,
      time: `${toApiTime(now).slice(0, 16).replace('T', ' ')} UTC`,
      address: actor.address ?? 'unknown',
    };
    await queueMail(tx, s.mails.compose('password-changed', row.email, data), now);
  });
}
