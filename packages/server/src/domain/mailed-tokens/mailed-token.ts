import { SECOND } from '@kernelci/model';
import { emailKey, type UserRow } from '../../store/users.ts';
import type { Uses } from '../services.ts';
import type { MailedClaims, MailedPurpose } from '../tokens/token-claims.ts';

type Recipient = Pick<UserRow, 'id' | 'email' | 'credentials_version'>;

export interface MailedToken {
  token: string;
  /** When it ends, for people. */
  expires: string;
}

/** A token for one purpose that is void once the account's password, address or verification has changed. */
export async function mailedToken(
  s: Uses<'signer' | 'clock' | 'lifetimes'>,
  user: Recipient,
  purpose: MailedPurpose,
): Promise<MailedToken> {
  const iat = Math.floor(s.clock() / SECOND);
  const exp = iat + s.lifetimes[`${purpose}Seconds`];
  const { id: sub, email, credentials_version: ver } = user;
  const token = await s.signer.sign({ sub, email, purpose, ver, iat, exp });
  return { token, expires: `${new Date(exp * SECOND).toISOString().slice(0, 16).replace('T', ' ')} UTC` };
}

/** Whether the token was made for the account as it stands. Invites of the existing server carry no version. */
export function isCurrent(claims: MailedClaims, user: UserRow): boolean {
  return (claims.ver ?? 0) === user.credentials_version && emailKey(claims.email) === user.email_key;
}
