import { User } from '@kernelci/model';
import { Type } from 'typebox';
import { getUser } from '../../../domain/users/read-users.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerGetUser(app: App, { services }: RouteDeps): void {
  app.get('/user/:id', {
    config: { access: 'account' },
    schema: {
      tags: ['users'],
      summary: 'One user',
      params: Type.Object({ id: Type.String() }),
      response: { 200: User, ...errors(401, 404) },
    },
    handler: async (request) => getUser(services, request.params.id),
  });
}
