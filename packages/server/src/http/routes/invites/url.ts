import { InviteUrls } from '@kernelci/model';
import { inviteUrls } from '../../../domain/users/invite-user.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerInviteUrl(app: App, { urls }: RouteDeps): void {
  app.get('/user/invite/url', {
    config: { access: 'admin' },
    schema: {
      tags: ['invites'],
      summary: 'The addresses that invites point to',
      response: { 200: InviteUrls, ...errors(401, 403) },
    },
    handler: async (request) => inviteUrls(urls.forAdmin(request)),
  });
}
