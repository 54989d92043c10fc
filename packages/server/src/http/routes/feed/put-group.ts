import { ConsumerGroup, ConsumerGroupBody, ConsumerGroupParams, GoneBody } from '@kernelci/model';
import { putConsumerGroup } from '../../../domain/consumer-groups/put-group.ts';
import { getConsumerGroup } from '../../../domain/consumer-groups/read-groups.ts';
import { accountOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerPutConsumerGroup(app: App, { services, groupClaims }: RouteDeps): void {
  app.put('/feed/groups/:name', {
    config: { access: 'account', scope: 'events' },
    schema: {
      tags: ['events'],
      summary: 'Make a consumer group, or change its settings',
      description:
        'A group shares the entries of the log among its workers. Settings that are not given are the default ones; ' +
        'where a group stands, and what its workers have, is not changed by its settings.',
      params: ConsumerGroupParams,
      body: ConsumerGroupBody,
      response: { 200: ConsumerGroup, ...errors(400, 401, 403), 410: GoneBody },
    },
    handler: async (request) => {
      const { principal } = accountOf(request);
      const { name } = request.params;
      groupClaims.wake(await putConsumerGroup(services, principal, name, request.body));
      return getConsumerGroup(services, principal, name);
    },
  });
}
