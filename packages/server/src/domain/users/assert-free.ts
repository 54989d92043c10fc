import type { Tx } from '../../store/database.ts';
import { UniqueViolation } from '../../store/errors.ts';
import { findUserByEmail, findUserByName } from '../../store/users.ts';

/**
 * Throws `UniqueViolation` for a name or an address that another account has, the name first: which of them an
 * index finds taken first is not the same on both engines.
 */
export async function assertFree(
  tx: Tx,
  wanted: { username?: string | undefined; email?: string | undefined },
  ownId?: string,
): Promise<void> {
  const byName = wanted.username === undefined ? undefined : await findUserByName(tx, wanted.username);
  if (byName && byName.id !== ownId) throw new UniqueViolation('users.username');
  const byEmail = wanted.email === undefined ? undefined : await findUserByEmail(tx, wanted.email);
  if (byEmail && byEmail.id !== ownId) throw new UniqueViolation('users.email_key');
}
