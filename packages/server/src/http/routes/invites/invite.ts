import { InviteAnswer, InviteBody } from '@kernelci/model';
import { inviteUser } from '../../../domain/users/invite-user.ts';
import { tellMail } from '../../replies.ts';
import { actorOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerInvite(app: App, { services, urls, mailFile }: RouteDeps): void {
  app.post('/user/invite', {
    config: { access: 'admin' },
    schema: {
      tags: ['invites'],
      summary: 'Create an account whose password the invited person sets',
      body: InviteBody,
      response: { 200: InviteAnswer, ...errors(400, 401, 403) },
    },
    handler: async (request, reply) => {
      const base = urls.forAdmin(request);
      const { answer, mailId } = await inviteUser(services, actorOf(request), request.body, base);
      tellMail(reply, mailId, mailFile);
      return answer;
    },
  });
}
