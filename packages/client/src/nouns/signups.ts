import type { Page, RegisterBody, Signup } from '@kernelci/model';
import type { Transport } from '../http/transport.ts';
import { type PageOptions, pageQuery } from '../paging.ts';
import { isPage } from '../shapes.ts';

export type SignupState = Signup['state'];

export function signupsNoun(transport: Transport) {
  const decide = (id: string, decision: 'approve' | 'reject') =>
    transport.body<Signup>({ method: 'POST', path: ['user', 'signups', id, decision] });
  return {
    /** Asks for an account of one's own; public, where the operator allows it. */
    create: (account: Pick<RegisterBody, 'username' | 'email' | 'password'>) =>
      transport.body<{ detail: string }>({
        method: 'POST',
        path: ['user', 'signup'],
        json: account,
        public: true,
      }),
    /** For admins, as are the decisions. */
    list: (state?: SignupState, page: PageOptions = {}) =>
      transport.body<Page<Signup>>({
        method: 'GET',
        path: ['user', 'signups'],
        shape: isPage,
        query: { state, ...pageQuery(page) },
      }),
    approve: (id: string) => decide(id, 'approve'),
    reject: (id: string) => decide(id, 'reject'),
  };
}
