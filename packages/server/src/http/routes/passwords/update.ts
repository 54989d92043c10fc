import { LooseBoolean, UpdatePasswordForm } from '@kernelci/model';
import { Type } from 'typebox';
import { updatePassword } from '../../../domain/users/update-password.ts';
import { sendNull } from '../../replies.ts';
import { actorOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerUpdatePassword(app: App, { services }: RouteDeps): void {
  app.post('/user/update-password', {
    config: { access: 'public', form: true },
    schema: {
      tags: ['passwords'],
      summary: 'Change a password with the current one',
      description: 'Tokens stay valid unless `revoke_tokens` is true.',
      body: UpdatePasswordForm,
      querystring: Type.Object({ revoke_tokens: Type.Optional(LooseBoolean()) }),
      response: { 200: Type.Null(), ...errors(400, 429) },
    },
    handler: async (request, reply) => {
      const { username, password, new_password, revoke_tokens } = request.body;
      const revokeTokens = revoke_tokens ?? request.query.revoke_tokens ?? false;
      const credentials = { username, password, address: request.ip };
      const change = { password: new_password, revokeTokens };
      await updatePassword(services, actorOf(request), credentials, change);
      return sendNull(reply, 200);
    },
  });
}
