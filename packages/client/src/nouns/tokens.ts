import type { Page, Scope, TokenAnswer, TokenInfo } from '@kernelci/model';
import type { Transport } from '../http/transport.ts';
import { type PageOptions, pageQuery } from '../paging.ts';
import { isPage, isToken } from '../shapes.ts';

export interface NewToken {
  username: string;
  password: string;
  /** What it is for. */
  name?: string | undefined;
  /** Default: all that the user may do. */
  scopes?: readonly Scope[] | undefined;
  /** Seconds; default 90 days. */
  expiresIn?: number | undefined;
}

/** Whose tokens to list: one's own when empty; others are for admins. */
export interface TokenOwner {
  username?: string | undefined;
  all?: boolean | undefined;
}

export function tokensNoun(transport: Transport) {
  return {
    /** Makes and registers a token; public, the password proves who asks. */
    create: (token: NewToken) =>
      transport.body<TokenAnswer>({
        method: 'POST',
        path: ['user', 'token'],
        shape: isToken,
        form: {
          username: token.username,
          password: token.password,
          name: token.name,
          scopes: token.scopes?.join(' '),
          expires_in: token.expiresIn?.toString(),
        },
        public: true,
      }),
    list: (owner: TokenOwner = {}, page: PageOptions = {}) =>
      transport.body<Page<TokenInfo>>({
        method: 'GET',
        path: ['user', 'tokens'],
        shape: isPage,
        query: { username: owner.username, all: owner.all === true ? true : undefined, ...pageQuery(page) },
      }),
    revoke: (id: string) => transport.body<undefined>({ method: 'DELETE', path: ['user', 'tokens', id] }),
  };
}
