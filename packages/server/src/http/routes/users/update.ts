import { UpdateUserBody, User } from '@kernelci/model';
import { Type } from 'typebox';
import { updateUser } from '../../../domain/users/update-user.ts';
import { actorOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerUpdateUser(app: App, { services }: RouteDeps): void {
  app.patch('/user/:id', {
    config: { access: 'admin' },
    schema: {
      tags: ['users'],
      summary: 'Change an account',
      description: 'A new password revokes the tokens of the user; a new address un-verifies the account.',
      params: Type.Object({ id: Type.String() }),
      body: UpdateUserBody,
      response: { 200: User, ...errors(400, 401, 403, 404, 409) },
    },
    handler: async (request) => updateUser(services, actorOf(request), request.params.id, request.body),
  });
}
