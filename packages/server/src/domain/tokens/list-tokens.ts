import { type Page, type PageQuery, type Scope, type TokenInfo, toApiTime } from '@kernelci/model';
import { notFound } from '../../errors.ts';
import { listTokens, type OwnedTokenRow } from '../../store/tokens.ts';
import { findUserByName } from '../../store/users.ts';
import { type Principal, requireAdmin } from '../access/principal.ts';
import type { Uses } from '../services.ts';

function toTokenInfo(row: OwnedTokenRow): TokenInfo {
  return {
    id: row.id,
    user: { id: row.user_id, username: row.username },
    name: row.name,
    scopes: JSON.parse(row.scopes) as Scope[],
    created: toApiTime(row.created),
    expires: toApiTime(row.expires),
    last_used: row.last_used === null ? null : toApiTime(row.last_used),
  };
}

/** The user whose tokens are asked for; undefined for everybody's. */
async function whose(
  s: Uses<'db'>,
  principal: Principal,
  query: { username?: string; all?: boolean },
): Promise<string | undefined> {
  if (!query.all && query.username === undefined) return principal.account.id;
  if (query.all || query.username !== principal.account.username) requireAdmin(principal);
  if (query.username === undefined) return undefined;
  const user = await findUserByName(s.db.reader, query.username);
  if (user === undefined) throw notFound(`User not found: ${query.username}`);
  return user.id;
}

/** One's own unexpired tokens; for admins also those of another user, or of all. */
export async function listTokenInfos(
  s: Uses<'db' | 'clock'>,
  principal: Principal,
  query: PageQuery & { username?: string; all?: boolean },
): Promise<Page<TokenInfo>> {
  const userId = await whose(s, principal, query);
  const { limit, offset } = query;
  const { rows, total } = await listTokens(s.db.reader, { userId, now: s.clock(), limit, offset });
  return { items: rows.map(toTokenInfo), total, limit, offset };
}
