import type { TokenAnswer, User } from '@kernelci/model';
import type { Transport } from '../http/transport.ts';
import { isAccount, isToken } from '../shapes.ts';

export function sessionNoun(transport: Transport) {
  return {
    /** A token with all rights of the account, as every version of the API gives it; public. */
    login: (username: string, password: string) =>
      transport.body<Pick<TokenAnswer, 'access_token' | 'token_type'>>({
        method: 'POST',
        path: ['user', 'login'],
        shape: isToken,
        form: { username, password },
        public: true,
      }),
    logout: () => transport.body<undefined>({ method: 'POST', path: ['user', 'logout'] }),
    /** The account that the token belongs to. */
    whoami: () => transport.body<User>({ method: 'GET', path: ['whoami'], shape: isAccount }),
  };
}
