import { EmailBody } from '@kernelci/model';
import { Type } from 'typebox';
import { requestVerification } from '../../../domain/users/verify-user.ts';
import { sendNull } from '../../replies.ts';
import { actorOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerRequestVerifyToken(app: App, { services, urls }: RouteDeps): void {
  app.post('/user/request-verify-token', {
    config: { access: 'public' },
    schema: {
      tags: ['users'],
      summary: 'Have a verification token mailed to an unverified address',
      description: 'The answer is the same whether the address belongs to an account or not.',
      body: EmailBody,
      response: { 202: Type.Null(), ...errors() },
    },
    handler: async (request, reply) => {
      await requestVerification(services, actorOf(request), request.body.email, urls.forAnyone());
      return sendNull(reply, 202);
    },
  });
}
