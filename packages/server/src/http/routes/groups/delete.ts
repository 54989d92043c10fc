import { Type } from 'typebox';
import { deleteGroup } from '../../../domain/groups/delete-group.ts';
import { actorOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

/** Both addresses of the deletion: `/user-groups/:id`, and the older `/group/:id`. */
export function registerDeleteGroup(app: App, { services }: RouteDeps, path: string): void {
  app.delete(path, {
    config: { access: 'admin' },
    schema: {
      tags: ['groups'],
      summary: 'Delete a user group that nobody is in',
      params: Type.Object({ id: Type.String() }),
      response: { 204: Type.Null(), ...errors(401, 403, 404, 409) },
    },
    handler: async (request, reply) => {
      await deleteGroup(services, actorOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  });
}
