import { ApiError, type Client, type NewToken } from '@kernelci/client';
import type { Scope } from '@kernelci/model';
import { KciError } from '../errors.ts';

export interface MadeToken {
  token: string;
  /** Undefined: all that the account may do. */
  scopes: readonly Scope[] | undefined;
}

/**
 * Makes a registered token; a server that knows none of those gives the only kind it has.
 * @throws KciError when that would not be the token that was asked for
 */
export async function makeToken(client: Client, wanted: NewToken): Promise<MadeToken> {
  try {
    const { access_token: token, scopes } = await client.tokens.create(wanted);
    return { token, scopes };
  } catch (error) {
    if (!(error instanceof ApiError) || (error.status !== 404 && error.status !== 405)) throw error;
    if (wanted.scopes !== undefined || wanted.expiresIn !== undefined || wanted.name !== undefined) {
      throw new KciError('this server makes no tokens that are named or limited', 'ask without such options');
    }
    const { access_token: token } = await client.session.login(wanted.username, wanted.password);
    return { token, scopes: undefined };
  }
}
