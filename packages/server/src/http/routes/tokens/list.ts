import { LooseBoolean, PageQuery, TokenPage } from '@kernelci/model';
import { Type } from 'typebox';
import { listTokenInfos } from '../../../domain/tokens/list-tokens.ts';
import { accountOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

const Query = Type.Object({
  ...PageQuery.properties,
  username: Type.Optional(
    Type.String({ maxLength: 1024, description: 'whose tokens; others’ for admins only' }),
  ),
  all: Type.Optional(LooseBoolean({ description: 'everybody’s, for admins' })),
});

export function registerListTokens(app: App, { services }: RouteDeps): void {
  app.get('/user/tokens', {
    config: { access: 'account' },
    schema: {
      tags: ['tokens'],
      summary: 'Registered tokens that are still valid, oldest first: your own by default',
      querystring: Query,
      response: { 200: TokenPage, ...errors(401, 403, 404) },
    },
    handler: async (request) => listTokenInfos(services, accountOf(request).principal, request.query),
  });
}
