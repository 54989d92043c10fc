import { RegisterBody, User } from '@kernelci/model';
import { registerUser } from '../../../domain/users/register-user.ts';
import { tellMail } from '../../replies.ts';
import { actorOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerRegister(app: App, { services, urls, mailFile }: RouteDeps): void {
  app.post('/user/register', {
    config: { access: 'admin' },
    schema: {
      tags: ['users'],
      summary: 'Create an account with a password, active and not verified',
      body: RegisterBody,
      response: { 200: User, ...errors(400, 401, 403) },
    },
    handler: async (request, reply) => {
      const apiUrl = urls.forAdmin(request);
      const { user, mailId } = await registerUser(services, actorOf(request), request.body, apiUrl);
      tellMail(reply, mailId, mailFile);
      return user;
    },
  });
}
