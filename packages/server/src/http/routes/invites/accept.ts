import { TokenPasswordBody, User } from '@kernelci/model';
import { acceptInvite } from '../../../domain/users/accept-invite.ts';
import { actorOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerAcceptInvite(app: App, { services }: RouteDeps): void {
  app.post('/user/accept-invite', {
    config: { access: 'public' },
    schema: {
      tags: ['invites'],
      summary: 'Set the password of an invited account; the address counts as verified',
      body: TokenPasswordBody,
      response: { 200: User, ...errors(400) },
    },
    handler: async (request) => acceptInvite(services, actorOf(request), request.body),
  });
}
