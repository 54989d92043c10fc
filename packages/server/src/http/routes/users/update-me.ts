import { LooseBoolean, UpdateMeBody, User } from '@kernelci/model';
import { Type } from 'typebox';
import { updateMe } from '../../../domain/users/update-me.ts';
import { accountOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerUpdateMe(app: App, { services }: RouteDeps): void {
  app.patch('/user/me', {
    config: { access: 'account', scope: 'account' },
    schema: {
      tags: ['users'],
      summary: 'Change your own account',
      description:
        'Tokens stay valid unless `revoke_tokens` is true. `groups` may only leave out some of your groups.',
      body: UpdateMeBody,
      querystring: Type.Object({ revoke_tokens: Type.Optional(LooseBoolean()) }),
      response: { 200: User, ...errors(400, 401, 403, 409) },
    },
    handler: async (request) => {
      const revoke_tokens = request.body.revoke_tokens ?? request.query.revoke_tokens ?? false;
      return updateMe(services, accountOf(request), { ...request.body, revoke_tokens });
    },
  });
}
