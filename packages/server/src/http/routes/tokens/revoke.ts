import { Type } from 'typebox';
import { revokeToken } from '../../../domain/tokens/revoke-token.ts';
import { accountOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerRevokeToken(app: App, { services }: RouteDeps): void {
  app.delete('/user/tokens/:id', {
    config: { access: 'account' },
    schema: {
      tags: ['tokens'],
      summary: 'Revoke a token of your own; anybody’s for admins',
      params: Type.Object({ id: Type.String() }),
      response: { 204: Type.Null(), ...errors(401, 403, 404) },
    },
    handler: async (request, reply) => {
      await revokeToken(services, accountOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  });
}
