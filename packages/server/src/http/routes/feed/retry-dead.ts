import { ConsumerGroupParams, RetryBody } from '@kernelci/model';
import { Type } from 'typebox';
import { retryDead } from '../../../domain/consumer-groups/settle-entries.ts';
import { accountOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerRetryDead(app: App, { services, groupClaims }: RouteDeps): void {
  app.post('/feed/groups/:name/dead/retry', {
    config: { access: 'account', scope: 'events' },
    schema: {
      tags: ['events'],
      summary: 'Deliver dead letters again: all of them, or those named',
      params: ConsumerGroupParams,
      body: Type.Union([RetryBody, Type.Null()]),
      response: { 200: Type.Object({ retried: Type.Integer() }), ...errors(401, 403, 404) },
    },
    handler: async (request) => {
      const { principal } = accountOf(request);
      const named = { name: request.params.name, seqs: request.body?.sequence_ids };
      const { groupId, count } = await retryDead(services, principal, named);
      groupClaims.wake(groupId);
      return { retried: count };
    },
  });
}
