import { TokenAnswer, TokenForm } from '@kernelci/model';
import { createToken } from '../../../domain/tokens/issue-token.ts';
import { actorOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerCreateToken(app: App, { services }: RouteDeps): void {
  app.post('/user/token', {
    config: { access: 'public', form: true },
    schema: {
      tags: ['tokens'],
      summary: 'Exchange name and password for a named token with chosen scopes and lifetime',
      body: TokenForm,
      response: { 200: TokenAnswer, ...errors(400, 429) },
    },
    handler: async (request) => {
      const { username, password, name, scopes, expires_in: seconds } = request.body;
      const credentials = { username, password, address: request.ip };
      return createToken(services, actorOf(request), credentials, { name, scopes, seconds });
    },
  });
}
