import { DomainError } from '../../errors.ts';
import { findUserByName, type UserRow, upgradeHash } from '../../store/users.ts';
import type { Uses } from '../services.ts';

export interface Credentials {
  username: string;
  password: string;
  /** Where they come from: guessing is limited per address too. */
  address: string;
}

const badCredentials = () => new DomainError('bad_credentials', 'LOGIN_BAD_CREDENTIALS');

/**
 * The active account that the name and the password belong to; it need not be verified.
 * Throws `bad_credentials`, after the same work for every reason, or `throttled`.
 */
export async function checkCredentials(
  s: Uses<'db' | 'hasher' | 'limiter'>,
  { username, password, address }: Credentials,
): Promise<UserRow> {
  const user = await s.limiter.attempt(username, address, async () => {
    const found = await findUserByName(s.db.reader, username);
    const matches = await s.hasher.verify(found?.hashed_password, password);
    return matches && found?.is_active === 1 ? found : undefined;
  });
  if (user === undefined) throw badCredentials();
  if (s.hasher.needsUpgrade(user.hashed_password)) {
    const upgraded = await s.hasher.hash(password);
    await s.db.write((tx) => upgradeHash(tx, user.id, user.hashed_password, upgraded));
  }
  return user;
}

/** Throws unless the address of the account is verified. */
export function requireVerified(user: UserRow): void {
  if (user.is_verified === 0) throw new DomainError('not_verified', 'LOGIN_USER_NOT_VERIFIED');
}
