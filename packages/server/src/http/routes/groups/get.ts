import { Group } from '@kernelci/model';
import { Type } from 'typebox';
import { getGroup } from '../../../domain/groups/read-groups.ts';
import type { Access } from '../../access.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

/** Both addresses of a group: `/user-groups/:id` for admins, and the older `/group/:id` for everybody. */
export function registerGetGroup(app: App, deps: RouteDeps, path: string, access: Access): void {
  app.get(path, {
    config: { access },
    schema: {
      tags: ['groups'],
      summary: 'One user group',
      params: Type.Object({ id: Type.String() }),
      response: { 200: Group, ...errors(401, 403, 404) },
    },
    handler: async (request) => getGroup(deps.services, request.params.id),
  });
}
