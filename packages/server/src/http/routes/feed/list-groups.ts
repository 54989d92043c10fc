import { ConsumerGroupPage, PageQuery } from '@kernelci/model';
import { listGroupsFor } from '../../../domain/consumer-groups/read-groups.ts';
import { accountOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerListConsumerGroups(app: App, { services }: RouteDeps): void {
  app.get('/feed/groups', {
    config: { access: 'account', scope: 'events' },
    schema: {
      tags: ['events'],
      summary: "One's own consumer groups; for admins, all",
      querystring: PageQuery,
      response: { 200: ConsumerGroupPage, ...errors(401, 403) },
    },
    handler: async (request) => listGroupsFor(services, accountOf(request).principal, request.query),
  });
}
