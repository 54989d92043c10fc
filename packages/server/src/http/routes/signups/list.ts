import { PageQuery, SignupPage } from '@kernelci/model';
import { Type } from 'typebox';
import { listSignups } from '../../../domain/signups/list-signups.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

const State = Type.Union([Type.Literal('pending'), Type.Literal('approved'), Type.Literal('rejected')]);
const Query = Type.Object({ ...PageQuery.properties, state: Type.Optional(State) });

export function registerListSignups(app: App, { services }: RouteDeps): void {
  app.get('/user/signups', {
    config: { access: 'admin' },
    schema: {
      tags: ['sign-up'],
      summary: 'Requests for accounts, oldest first',
      querystring: Query,
      response: { 200: SignupPage, ...errors(401, 403) },
    },
    handler: async (request) => listSignups(services, request.query),
  });
}
