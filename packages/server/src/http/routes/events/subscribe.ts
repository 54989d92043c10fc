import { ChannelParams, LooseBoolean, Subscription } from '@kernelci/model';
import { Type } from 'typebox';
import { subscribe } from '../../../domain/subscriptions/subscribe.ts';
import { accountOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

const Query = Type.Object({
  promisc: LooseBoolean({ default: false, description: "events of every owner, not just one's own" }),
  subscriber_id: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 200,
      description: 'a name to come back under: what was not acknowledged is told again',
    }),
  ),
});

export function registerSubscribe(app: App, { services }: RouteDeps): void {
  app.post('/subscribe/:channel', {
    config: { access: 'account', scope: 'events' },
    schema: {
      tags: ['events'],
      summary: "Follow a channel's events from now on",
      params: ChannelParams,
      querystring: Query,
      response: { 200: Subscription, ...errors(401, 403) },
    },
    handler: async (request) => {
      const { promisc, subscriber_id: subscriberId } = request.query;
      const { channel } = request.params;
      const { principal } = accountOf(request);
      return subscribe(services, principal, { channel, promiscuous: promisc, subscriberId });
    },
  });
}
