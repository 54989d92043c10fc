import { ApiError } from '@kernelci/client';
import type { Factory } from '../../factory.ts';
import { isAdminAccount } from '../../tokens/admin-rights.ts';
import { decodeToken } from '../../tokens/decode.ts';
import { describeExpiry, describeScopes, mayAdminister } from '../../tokens/describe.ts';

export const ADMIN_BY_DEFAULT =
  "the default token carries admin rights, so that a mistake can do harm: 'kci login' saves an everyday token instead";

/** Tells which address and token are in use, and warns about an everyday token with admin rights. */
export async function tellAccess(factory: Factory): Promise<void> {
  const client = await factory.client();
  const { api, token } = factory.lastAccess ?? {};
  factory.note(`API: ${api?.name ?? '(without a name)'}, ${client.url} (${api?.from})`);
  if (token === undefined) {
    factory.note('Token: none');
    return;
  }
  factory.note(`Token: ${token.from}`);
  const claims = decodeToken(token.token);
  if (claims === undefined) factory.note('Scopes: unknown, it is not a JWT');
  else factory.note(`Scopes: ${describeScopes(claims)}\nExpires: ${describeExpiry(claims)}`);
  const owner = await client.session.whoami().catch((error: unknown) => {
    if (error instanceof ApiError) return undefined;
    throw error;
  });
  factory.note(`Account: ${owner?.username ?? 'none, the API does not accept the token'}`);
  const admin =
    owner !== undefined && isAdminAccount(owner) && (claims === undefined || mayAdminister(claims));
  factory.note(`Admin rights: ${admin ? 'yes' : 'no'}`);
  if (admin && token.name === undefined) factory.warn(ADMIN_BY_DEFAULT);
}
