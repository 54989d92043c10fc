import { GroupPage, PageQuery } from '@kernelci/model';
import { Type } from 'typebox';
import { listGroups } from '../../../domain/groups/read-groups.ts';
import type { Access } from '../../access.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

const Query = Type.Object({ ...PageQuery.properties, name: Type.Optional(Type.String()) });

/** Both addresses of the list: `/user-groups` for admins, and the older `/groups` for everybody. */
export function registerListGroups(app: App, deps: RouteDeps, path: string, access: Access): void {
  app.get(path, {
    config: { access },
    schema: {
      tags: ['groups'],
      summary: 'User groups, oldest first',
      querystring: Query,
      response: { 200: GroupPage, ...errors(401, 403) },
    },
    handler: async (request) => listGroups(deps.services, request.query),
  });
}
