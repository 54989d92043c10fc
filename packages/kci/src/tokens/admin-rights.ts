import type { User } from '@kernelci/model';
import type { Factory } from '../factory.ts';
import type { Api } from '../settings/apis.ts';
import type { MadeToken } from './make-token.ts';

/** Whether an account has admin rights; a token of it may still lack them. */
export function isAdminAccount(user: User): boolean {
  return user.is_superuser || user.groups.some(({ name }) => name === 'admin');
}

/** Whether a new token gives admin rights; for one without scopes its account decides. */
export async function carriesAdminRights(factory: Factory, api: Api, made: MadeToken): Promise<boolean> {
  if (made.scopes !== undefined) return made.scopes.includes('admin');
  const client = await factory.clientFor({
    api,
    token: { token: made.token, name: undefined, from: 'the new token' },
  });
  return isAdminAccount(await client.session.whoami());
}
