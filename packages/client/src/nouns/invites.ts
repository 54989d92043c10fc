import type { InviteAnswer, InviteBody, User } from '@kernelci/model';
import type { Transport } from '../http/transport.ts';
import { type MailNotice, mailNotice } from '../mail-notice.ts';

/** An account to create; what is left out has the server's default. */
export type NewInvitation = Pick<InviteBody, 'username' | 'email'> & Partial<InviteBody>;
export type Invitation = InviteAnswer & { mail: MailNotice | undefined };

export function invitesNoun(transport: Transport) {
  return {
    /** Creates an account whose owner chooses the password through a link; for admins. */
    create: async (invitation: NewInvitation): Promise<Invitation> => {
      const answer = await transport.send<InviteAnswer>({
        method: 'POST',
        path: ['user', 'invite'],
        json: invitation,
      });
      return { ...answer.body, mail: mailNotice(answer.headers) };
    },
    /** Sets the password of an invited account; public. */
    accept: (token: string, password: string) =>
      transport.body<User>({
        method: 'POST',
        path: ['user', 'accept-invite'],
        json: { token, password },
        public: true,
      }),
  };
}
