import { ApiError } from '@kernelci/client';
import { EVERYDAY_SCOPES } from '@kernelci/model';
import type { Factory } from '../../factory.ts';
import type { Api } from '../../settings/apis.ts';
import { isAdminAccount } from '../../tokens/admin-rights.ts';

const HOUR = 3600;
const ADMIN_TOKEN_SECONDS = 8 * HOUR;
/** Names of tokens are limited. */
const HOST_MAX = 100;

export interface Tokens {
  username: string;
  everyday: string | undefined;
  /** Of admins only. */
  admin: string | undefined;
}

/** Makes an everyday token and, for an admin, a short-lived one with admin rights. */
export async function obtainTokens(
  factory: Factory,
  api: Api,
  username: string,
  password: string,
): Promise<Tokens> {
  const anonymous = await factory.clientFor({ api, token: undefined });
  const host = factory.environment.host.slice(0, HOST_MAX);
  const create = (wanted: { scopes: typeof EVERYDAY_SCOPES; name: string; expiresIn?: number }) =>
    anonymous.tokens.create({ username, password, ...wanted }).catch((error: unknown) => {
      // A server that knows no registered tokens.
      if (error instanceof ApiError && (error.status === 404 || error.status === 405)) return undefined;
      throw error;
    });
  const everyday = await create({ scopes: EVERYDAY_SCOPES, name: `kci on ${host}` });
  const token = everyday ?? (await anonymous.session.login(username, password));
  const owner = await factory.clientFor({
    api,
    token: { token: token.access_token, name: undefined, from: 'the new token' },
  });
  const account = await owner.session.whoami();
  if (!isAdminAccount(account)) {
    return { username: account.username, everyday: token.access_token, admin: undefined };
  }
  if (everyday === undefined)
    return { username: account.username, everyday: undefined, admin: token.access_token };
  const admin = await create({
    scopes: [...EVERYDAY_SCOPES, 'admin'],
    name: `kci --as admin on ${host}`,
    expiresIn: ADMIN_TOKEN_SECONDS,
  });
  return { username: account.username, everyday: everyday.access_token, admin: admin?.access_token };
}
