import type { Insertable, Selectable } from 'kysely';
import { count } from './count.ts';
import type { Executor, Tx } from './database.ts';
import type { TokenTable } from './schema.ts';

export type TokenRow = Selectable<TokenTable>;
export type OwnedTokenRow = TokenRow & { username: string };

export async function insertToken(tx: Tx, row: Insertable<TokenTable>): Promise<void> {
  await tx.sql.insertInto('tokens').values(row).execute();
}

export async function findToken(x: Executor, id: string): Promise<OwnedTokenRow | undefined> {
  return x.sql
    .selectFrom('tokens')
    .innerJoin('users', 'users.id', 'tokens.user_id')
    .where('tokens.id', '=', id.toLowerCase())
    .selectAll('tokens')
    .select('users.username')
    .executeTakeFirst();
}

/** Deletes the token; false when it is gone already. */
export async function deleteToken(tx: Tx, id: string): Promise<boolean> {
  const result = await tx.sql.deleteFrom('tokens').where('id', '=', id).executeTakeFirst();
  return result.numDeletedRows > 0n;
}

export async function deleteTokensOf(tx: Tx, userId: string): Promise<void> {
  await tx.sql.deleteFrom('tokens').where('user_id', '=', userId).execute();
}

/** Unexpired tokens, oldest first: of one user, or of all. */
export async function listTokens(
  x: Executor,
  filter: { userId?: string | undefined; now: number; limit: number; offset: number },
): Promise<{ rows: OwnedTokenRow[]; total: number }> {
  let query = x.sql
    .selectFrom('tokens')
    .innerJoin('users', 'users.id', 'tokens.user_id')
    .where('tokens.expires', '>', filter.now);
  if (filter.userId !== undefined) query = query.where('tokens.user_id', '=', filter.userId);
  const rows = await query
    .selectAll('tokens')
    .select('users.username')
    .orderBy('tokens.seq')
    .limit(filter.limit)
    .offset(filter.offset)
    .execute();
  return { rows, total: await count(query) };
}

/** Notes when tokens were last used; a later moment that another instance noted stays. */
export async function noteTokenUse(tx: Tx, uses: ReadonlyMap<string, number>): Promise<void> {
  for (const [id, moment] of uses) {
    await tx.sql
      .updateTable('tokens')
      .set({ last_used: moment })
      .where('id', '=', id)
      .where((eb) => eb.or([eb('last_used', 'is', null), eb('last_used', '<', moment)]))
      .execute();
  }
}
