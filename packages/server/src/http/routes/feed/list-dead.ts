import { ConsumerGroupParams, DeadLetterPage, PageQuery } from '@kernelci/model';
import { listDead } from '../../../domain/consumer-groups/list-dead.ts';
import { sendJson } from '../../replies.ts';
import { accountOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerListDead(app: App, { services }: RouteDeps): void {
  app.get('/feed/groups/:name/dead', {
    config: { access: 'account', scope: 'events' },
    schema: {
      tags: ['events'],
      summary: 'Entries that were delivered again and again and never acknowledged, oldest first',
      params: ConsumerGroupParams,
      querystring: PageQuery,
      response: { 200: DeadLetterPage, ...errors(401, 403, 404) },
    },
    handler: async (request, reply) => {
      const { principal } = accountOf(request);
      return sendJson(reply, await listDead(services, principal, request.params.name, request.query));
    },
  });
}
