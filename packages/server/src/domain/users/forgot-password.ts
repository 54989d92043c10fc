import { pretendToQueueMail, queueMail } from '../../mail/queue.ts';
import { findUserByEmail } from '../../store/users.ts';
import type { Actor } from '../audit/record.ts';
import { mailedToken } from '../mailed-tokens/mailed-token.ts';
import type { Uses } from '../services.ts';
import { mayMail } from './mail-allowance.ts';
import { nobody } from './nobody.ts';

/** Mails a reset token to the active account of the address, if there is one; the caller cannot tell. */
export async function forgotPassword(
  s: Uses<'db' | 'clock' | 'signer' | 'mails' | 'lifetimes' | 'limiter'>,
  actor: Actor,
  email: string,
  apiUrl: string,
): Promise<void> {
  if (!(await mayMail(s, 'reset', email, actor.address))) return;
  const found = await findUserByEmail(s.db.reader, email);
  const user = found?.is_active === 1 ? found : nobody(email);
  const { token, expires } = await mailedToken(s, user, 'reset');
  const data = { username: user.username, email: user.email, token, apiUrl, expires };
  const mail = s.mails.compose('reset-password', user.email, data);
  const queue = user === found ? queueMail : pretendToQueueMail;
  await s.db.write((tx) => queue(tx, mail, s.clock()));
}
