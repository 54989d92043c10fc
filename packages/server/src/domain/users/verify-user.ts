import type { User } from '@kernelci/model';
import { DomainError } from '../../errors.ts';
import { pretendToQueueMail, queueMail } from '../../mail/queue.ts';
import { findUserByEmail, lockUser } from '../../store/users.ts';
import type { Actor } from '../audit/record.ts';
import { isCurrent, mailedToken } from '../mailed-tokens/mailed-token.ts';
import type { Uses } from '../services.ts';
import { changeUser } from './change-user.ts';
import { mayMail } from './mail-allowance.ts';
import { nobody } from './nobody.ts';
import { toUser } from './user-view.ts';

const badToken = () => new DomainError('bad_token', 'VERIFY_USER_BAD_TOKEN');

/** Mails a verification token to the active, unverified account of the address, if there is one. */
export async function requestVerification(
  s: Uses<'db' | 'clock' | 'signer' | 'mails' | 'lifetimes' | 'limiter'>,
  actor: Actor,
  email: string,
  apiUrl: string,
): Promise<void> {
  if (!(await mayMail(s, 'verify', email, actor.address))) return;
  const found = await findUserByEmail(s.db.reader, email);
  const user = found?.is_active === 1 && found.is_verified === 0 ? found : nobody(email);
  const { token, expires } = await mailedToken(s, user, 'verify');
  const data = { username: user.username, email: user.email, token, apiUrl, expires };
  const mail = s.mails.compose('verify', user.email, data);
  const queue = user === found ? queueMail : pretendToQueueMail;
  await s.db.write((tx) => queue(tx, mail, s.clock()));
}

/** Marks the account's address as verified with a mailed token. */
export async function verifyUser(
  s: Uses<'db' | 'clock' | 'signer'>,
  actor: Actor,
  token: string,
): Promise<User> {
  const claims = await s.signer.verifyMailed(token, 'verify');
  if (claims === undefined) throw badToken();
  const account = await s.db.write(async (tx) => {
    const row = await lockUser(tx, claims.sub);
    if (row === undefined || row.is_active === 0) throw badToken();
    if (row.is_verified === 1) throw new DomainError('bad_token', 'VERIFY_USER_ALREADY_VERIFIED');
    if (!isCurrent(claims, row)) throw badToken();
    const by = { id: row.id, username: row.username };
    return changeUser(tx, actor, row, { isVerified: true }, { action: 'user.verify', now: s.clock(), by });
  });
  return toUser(account);
}
