import { ConsumerGroupParams } from '@kernelci/model';
import { Type } from 'typebox';
import { removeConsumerGroup } from '../../../domain/consumer-groups/remove-group.ts';
import { accountOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerDeleteConsumerGroup(app: App, { services, groupClaims }: RouteDeps): void {
  app.delete('/feed/groups/:name', {
    config: { access: 'account', scope: 'events' },
    schema: {
      tags: ['events'],
      summary: 'Remove a consumer group with all that is its own',
      params: ConsumerGroupParams,
      response: { 204: Type.Null(), ...errors(401, 403, 404) },
    },
    handler: async (request, reply) => {
      const { principal } = accountOf(request);
      groupClaims.wake(await removeConsumerGroup(services, principal, request.params.name));
      return reply.code(204).send(null);
    },
  });
}
