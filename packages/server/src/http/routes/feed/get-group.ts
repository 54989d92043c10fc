import { ConsumerGroup, ConsumerGroupParams } from '@kernelci/model';
import { getConsumerGroup } from '../../../domain/consumer-groups/read-groups.ts';
import { accountOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerGetConsumerGroup(app: App, { services }: RouteDeps): void {
  app.get('/feed/groups/:name', {
    config: { access: 'account', scope: 'events' },
    schema: {
      tags: ['events'],
      summary: 'A consumer group, and how far it is behind',
      params: ConsumerGroupParams,
      response: { 200: ConsumerGroup, ...errors(401, 403, 404) },
    },
    handler: async (request) => getConsumerGroup(services, accountOf(request).principal, request.params.name),
  });
}
