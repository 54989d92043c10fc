import { Type } from 'typebox';
import { deleteUser } from '../../../domain/users/delete-user.ts';
import { sendNull } from '../../replies.ts';
import { actorOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerDeleteUser(app: App, { services }: RouteDeps): void {
  app.delete('/user/:id', {
    config: { access: 'admin' },
    schema: {
      tags: ['users'],
      summary: 'Delete an account and its tokens',
      params: Type.Object({ id: Type.String() }),
      response: { 200: Type.Null(), ...errors(401, 403, 404, 409) },
    },
    handler: async (request, reply) => {
      await deleteUser(services, actorOf(request), request.params.id);
      return sendNull(reply, 200);
    },
  });
}
