import type { Page, RegisterBody, UpdateMeBody, UpdateUserBody, User } from '@kernelci/model';
import type { Transport } from '../http/transport.ts';
import { type MailNotice, mailNotice } from '../mail-notice.ts';
import { type Filters, type PageOptions, pageQuery } from '../paging.ts';
import { isAccount, isPage } from '../shapes.ts';

export interface Registration {
  user: User;
  /** Only when a mail was asked for. */
  mail: MailNotice | undefined;
}

export function usersNoun(transport: Transport) {
  return {
    find: (filters: Filters = {}, page: PageOptions = {}) =>
      transport.body<Page<User>>({
        method: 'GET',
        path: ['users'],
        shape: isPage,
        query: { ...filters, ...pageQuery(page) },
      }),
    get: (id: string) => transport.body<User>({ method: 'GET', path: ['user', id], shape: isAccount }),
    /** Creates an account; for admins. */
    register: async (account: RegisterBody): Promise<Registration> => {
      const answer = await transport.send<User>({
        method: 'POST',
        path: ['user', 'register'],
        json: account,
      });
      return { user: answer.body, mail: mailNotice(answer.headers) };
    },
    /** Changes one's own account. */
    updateMe: (changes: UpdateMeBody) =>
      transport.body<User>({ method: 'PATCH', path: ['user', 'me'], json: changes }),
    /** Changes any account; for admins. */
    update: (id: string, changes: UpdateUserBody) =>
      transport.body<User>({ method: 'PATCH', path: ['user', id], json: changes }),
    /** Deletes any account; for admins. */
    delete: (id: string) => transport.body<null>({ method: 'DELETE', path: ['user', id] }),
    /** Has a token mailed that proves the address; public, and answers alike whether the account exists. */
    requestVerification: (email: string) =>
      transport.body<null>({
        method: 'POST',
        path: ['user', 'request-verify-token'],
        json: { email },
        public: true,
      }),
    verify: (token: string) =>
      transport.body<User>({ method: 'POST', path: ['user', 'verify'], json: { token }, public: true }),
  };
}
