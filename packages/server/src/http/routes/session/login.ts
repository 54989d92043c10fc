import { LoginAnswer, LoginForm } from '@kernelci/model';
import { logIn } from '../../../domain/tokens/issue-token.ts';
import { actorOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerLogin(app: App, { services }: RouteDeps): void {
  app.post('/user/login', {
    config: { access: 'public', form: true },
    schema: {
      tags: ['session'],
      summary: 'Exchange name and password for a token with all scopes',
      body: LoginForm,
      response: { 200: LoginAnswer, ...errors(400, 429) },
    },
    handler: async (request) => logIn(services, actorOf(request), { ...request.body, address: request.ip }),
  });
}
