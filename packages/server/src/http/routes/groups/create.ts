import { CreatedGroup, GroupBody } from '@kernelci/model';
import { createGroup } from '../../../domain/groups/create-group.ts';
import { actorOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

/** Both addresses of the creation: `/user-groups`, and the older `/group`. */
export function registerCreateGroup(app: App, { services }: RouteDeps, path: string): void {
  app.post(path, {
    config: { access: 'admin' },
    schema: {
      tags: ['groups'],
      summary: 'Create a user group',
      body: GroupBody,
      response: { 200: CreatedGroup, ...errors(400, 401, 403) },
    },
    handler: async (request) => createGroup(services, actorOf(request), request.body.name),
  });
}
