import type { Transport } from '../http/transport.ts';

export function passwordsNoun(transport: Transport) {
  return {
    /** Changes a password for who knows the present one; public. */
    update: (change: {
      username: string;
      password: string;
      newPassword: string;
      /** Ends every token of the account. */
      revokeTokens?: boolean;
    }) =>
      transport.body<null>({
        method: 'POST',
        path: ['user', 'update-password'],
        form: {
          username: change.username,
          password: change.password,
          new_password: change.newPassword,
          revoke_tokens: change.revokeTokens === true ? 'true' : undefined,
        },
        public: true,
      }),
    /** Has a token mailed that allows to set a new password; public, answers alike whether the account exists. */
    forgot: (email: string) =>
      transport.body<null>({
        method: 'POST',
        path: ['user', 'forgot-password'],
        json: { email },
        public: true,
      }),
    /** Sets a password with a mailed token; ends every token of the account. */
    reset: (token: string, password: string) =>
      transport.body<null>({
        method: 'POST',
        path: ['user', 'reset-password'],
        json: { token, password },
        public: true,
      }),
  };
}
