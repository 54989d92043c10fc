import { EmailBody } from '@kernelci/model';
import { Type } from 'typebox';
import { forgotPassword } from '../../../domain/users/forgot-password.ts';
import { sendNull } from '../../replies.ts';
import { actorOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerForgotPassword(app: App, { services, urls }: RouteDeps): void {
  app.post('/user/forgot-password', {
    config: { access: 'public' },
    schema: {
      tags: ['passwords'],
      summary: 'Have a reset token mailed to the address of an account',
      description: 'The answer is the same whether the address belongs to an account or not.',
      body: EmailBody,
      response: { 202: Type.Null(), ...errors() },
    },
    handler: async (request, reply) => {
      await forgotPassword(services, actorOf(request), request.body.email, urls.forAnyone());
      return sendNull(reply, 202);
    },
  });
}
