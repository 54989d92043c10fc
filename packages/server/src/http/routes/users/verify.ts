import { TokenBody, User } from '@kernelci/model';
import { verifyUser } from '../../../domain/users/verify-user.ts';
import { actorOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerVerify(app: App, { services }: RouteDeps): void {
  app.post('/user/verify', {
    config: { access: 'public' },
    schema: {
      tags: ['users'],
      summary: 'Verify an address with the token that was mailed to it',
      body: TokenBody,
      response: { 200: User, ...errors(400) },
    },
    handler: async (request) => verifyUser(services, actorOf(request), request.body.token),
  });
}
