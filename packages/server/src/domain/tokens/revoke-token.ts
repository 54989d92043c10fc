import { notFound } from '../../errors.ts';
import { bumpAccessEpoch } from '../../store/access-epoch.ts';
import type { Tx } from '../../store/database.ts';
import { deleteToken, deleteTokensOf, findToken } from '../../store/tokens.ts';
import { type UserRow, updateUser } from '../../store/users.ts';
import { isAdmin, type Principal, requireScope } from '../access/principal.ts';
import { type Actor, recordAct } from '../audit/record.ts';
import type { Uses } from '../services.ts';

/** Revokes a token of one's own; of anybody for admins. Throws `not_found` for others' and unknown ones. */
export async function revokeToken(
  s: Uses<'db' | 'clock'>,
  actor: Actor & { principal: Principal },
  id: string,
): Promise<void> {
  const { principal } = actor;
  // Admins may with their admin rights, and any token may end itself; all else changes one's own account.
  if (!isAdmin(principal) && id !== principal.tokenId) requireScope(principal, 'account');
  await s.db.write(async (tx) => {
    const token = await findToken(tx, id);
    const own = token?.user_id === actor.principal.account.id;
    if (token === undefined || !(own || isAdmin(actor.principal)))
      throw notFound(`Token not found with id: ${id}`);
    await deleteToken(tx, token.id);
    await bumpAccessEpoch(tx);
    const target = { type: 'token', id: token.id, name: token.name } as const;
    await recordAct(
      tx,
      actor,
      { action: 'token.revoke', target, before: { user: token.username } },
      s.clock(),
    );
  });
}

/** Ends the token that the request came with; the existing server's tokens cannot be ended one by one. */
export async function logOut(
  s: Uses<'db' | 'clock'>,
  actor: Actor & { principal: Principal },
): Promise<void> {
  if (actor.principal.tokenId !== null) await revokeToken(s, actor, actor.principal.tokenId);
}

/** Revokes all tokens of the user, those of the existing server included. */
export async function revokeAllTokens(tx: Tx, user: Pick<UserRow, 'id' | 'token_generation'>): Promise<void> {
  await deleteTokensOf(tx, user.id);
  await updateUser(tx, user.id, { token_generation: user.token_generation + 1 });
  await bumpAccessEpoch(tx);
}
