import { TokenPasswordBody } from '@kernelci/model';
import { Type } from 'typebox';
import { resetPassword } from '../../../domain/users/reset-password.ts';
import { sendNull } from '../../replies.ts';
import { actorOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerResetPassword(app: App, { services, urls }: RouteDeps): void {
  app.post('/user/reset-password', {
    config: { access: 'public' },
    schema: {
      tags: ['passwords'],
      summary: 'Set a new password with a mailed token; all tokens of the user are revoked',
      body: TokenPasswordBody,
      response: { 200: Type.Null(), ...errors(400) },
    },
    handler: async (request, reply) => {
      await resetPassword(services, actorOf(request), request.body, urls.forAnyone());
      return sendNull(reply, 200);
    },
  });
}
