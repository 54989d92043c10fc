import { Type } from 'typebox';
import { logOut } from '../../../domain/tokens/revoke-token.ts';
import { accountOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerLogout(app: App, { services }: RouteDeps): void {
  app.post('/user/logout', {
    config: { access: 'verified' },
    schema: {
      tags: ['session'],
      summary: 'Revoke the token that the request carries',
      response: { 204: Type.Null(), ...errors(401, 403) },
    },
    handler: async (request, reply) => {
      await logOut(services, accountOf(request));
      return reply.code(204).send(null);
    },
  });
}
