import { Signup } from '@kernelci/model';
import { Type } from 'typebox';
import { rejectSignup } from '../../../domain/signups/decide-signup.ts';
import { accountOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerRejectSignup(app: App, { services, urls }: RouteDeps): void {
  app.post('/user/signups/:id/reject', {
    config: { access: 'admin' },
    schema: {
      tags: ['sign-up'],
      summary: 'Refuse the account that was asked for; the applicant is told by mail',
      params: Type.Object({ id: Type.String() }),
      response: { 200: Signup, ...errors(400, 401, 403, 404, 409) },
    },
    handler: async (request) =>
      rejectSignup(services, accountOf(request), request.params.id, urls.forAdmin(request)),
  });
}
