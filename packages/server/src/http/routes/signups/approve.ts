import { Signup } from '@kernelci/model';
import { Type } from 'typebox';
import { approveSignup } from '../../../domain/signups/decide-signup.ts';
import { accountOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerApproveSignup(app: App, { services, urls }: RouteDeps): void {
  app.post('/user/signups/:id/approve', {
    config: { access: 'admin' },
    schema: {
      tags: ['sign-up'],
      summary: 'Open the account that was asked for; its owner gets a verification token by mail',
      params: Type.Object({ id: Type.String() }),
      response: { 200: Signup, ...errors(400, 401, 403, 404, 409) },
    },
    handler: async (request) =>
      approveSignup(services, accountOf(request), request.params.id, urls.forAdmin(request)),
  });
}
