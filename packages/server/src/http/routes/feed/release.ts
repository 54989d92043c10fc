import { ConsumerGroupParams, NamedEntriesBody } from '@kernelci/model';
import { Type } from 'typebox';
import { release } from '../../../domain/consumer-groups/settle-entries.ts';
import { accountOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerRelease(app: App, { services, groupClaims }: RouteDeps): void {
  app.post('/feed/groups/:name/release', {
    config: { access: 'account', scope: 'events' },
    schema: {
      tags: ['events'],
      summary: 'Give entries back: others may claim them at once',
      params: ConsumerGroupParams,
      body: NamedEntriesBody,
      response: { 200: Type.Object({ released: Type.Integer() }), ...errors(401, 403, 404) },
    },
    handler: async (request) => {
      const { principal } = accountOf(request);
      const named = { name: request.params.name, seqs: request.body.sequence_ids };
      const { groupId, count } = await release(services, principal, named);
      groupClaims.wake(groupId);
      return { released: count };
    },
  });
}
