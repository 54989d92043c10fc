import { ConsumerGroupParams, NamedEntriesBody } from '@kernelci/model';
import { Type } from 'typebox';
import { acknowledge } from '../../../domain/consumer-groups/settle-entries.ts';
import { accountOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerAcknowledge(app: App, { services }: RouteDeps): void {
  app.post('/feed/groups/:name/ack', {
    config: { access: 'account', scope: 'events' },
    schema: {
      tags: ['events'],
      summary: 'Say that entries are done',
      description:
        'Those whose time is over count too, and dead letters; what is not in the hands of the group does not.',
      params: ConsumerGroupParams,
      body: NamedEntriesBody,
      response: { 200: Type.Object({ acknowledged: Type.Integer() }), ...errors(401, 403, 404) },
    },
    handler: async (request) => {
      const { principal } = accountOf(request);
      const named = { name: request.params.name, seqs: request.body.sequence_ids };
      return { acknowledged: (await acknowledge(services, principal, named)).count };
    },
  });
}
