import { queueMail } from '../../mail/queue.ts';
import { findUserByEmail } from '../../store/users.ts';
import type { Actor } from '../audit/record.ts';
import { mailedToken } from '../mailed-tokens/mailed-token.ts';
import type { Uses } from '../services.ts';
import { mayMail } from './mail-allowance.ts';

/** Mails a reset token to the active account of the address, if there is one; the caller cannot tell. */
export async function forgotPassword(
  s: Uses<'db' | 'clock' | 'signer' | 'mails' | 'lifetimes' | 'limiter'>,
  actor: Actor,
  email: string,
  apiUrl: string,
): Promise<void> {
  if (!(await mayMail(s, 'reset', email, actor.address))) return;
  const user = await findUserByEmail(s.db.reader, email);
  if (user?.is_active !== 1) return;
  const { token, expires } = await mailedToken(s, user, 'reset');
  const data = { username: user.username, email: user.email, token, apiUrl, expires };
  const mail = s.mails.compose('reset-password', user.email, data);
  await s.db.write((tx) => queueMail(tx, mail, s.clock()));
}
