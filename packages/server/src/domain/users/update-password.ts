import { DomainError } from '../../errors.ts';
import { lockUser } from '../../store/users.ts';
import type { Actor } from '../audit/record.ts';
import { checkNewPassword } from '../passwords/password-rules.ts';
import type { Uses } from '../services.ts';
import { changeUser } from './change-user.ts';
import { type Credentials, checkCredentials } from './credentials.ts';

/** Changes a password with the current one. Tokens stay valid unless their revocation is asked for. */
export async function updatePassword(
  s: Uses<'db' | 'clock' | 'hasher' | 'limiter'>,
  actor: Actor,
  credentials: Credentials,
  change: { password: string; revokeTokens: boolean },
): Promise<void> {
  const user = await checkCredentials(s, credentials);
  checkNewPassword(change.password, 'new_password');
  const hashedPassword = await s.hasher.hash(change.password);
  await s.db.write(async (tx) => {
    const row = await lockUser(tx, user.id);
    // Somebody else changed it meanwhile: the current password that was given is not current any more.
    if (row === undefined || row.credentials_version !== user.credentials_version) {
      throw new DomainError('bad_credentials', 'LOGIN_BAD_CREDENTIALS');
    }
    const act = {
      action: 'user.update-password',
      now: s.clock(),
      by: { id: row.id, username: row.username },
    };
    await changeUser(tx, actor, row, { hashedPassword, revokeTokens: change.revokeTokens }, act);
  });
}
