import { SubscriptionParams } from '@kernelci/model';
import { Type } from 'typebox';
import { unsubscribe } from '../../../domain/subscriptions/unsubscribe.ts';
import { sendNull } from '../../replies.ts';
import { accountOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerUnsubscribe(app: App, { services, listeners }: RouteDeps): void {
  app.post('/unsubscribe/:sub_id', {
    config: { access: 'account', scope: 'events' },
    schema: {
      tags: ['events'],
      summary: 'End a subscription',
      params: SubscriptionParams,
      response: { 200: Type.Null(), ...errors(401, 403, 404) },
    },
    handler: async (request, reply) => {
      const id = request.params.sub_id;
      await unsubscribe(services, accountOf(request).principal, id);
      listeners.end(id);
      return sendNull(reply, 200);
    },
  });
}
