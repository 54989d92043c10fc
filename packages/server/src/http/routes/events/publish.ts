import { ChannelParams, PublishBody } from '@kernelci/model';
import { Type } from 'typebox';
import { publishEvent } from '../../../domain/events/publish.ts';
import { sendNull } from '../../replies.ts';
import { accountOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerPublish(app: App, { services }: RouteDeps): void {
  app.post('/publish/:channel', {
    config: { access: 'account', scope: 'events' },
    schema: {
      tags: ['events'],
      summary: "Tell a channel's subscribers something",
      params: ChannelParams,
      body: PublishBody,
      response: { 200: Type.Null(), ...errors(401, 403) },
    },
    handler: async (request, reply) => {
      const { principal } = accountOf(request);
      await publishEvent(services, principal, request.params.channel, request.body);
      return sendNull(reply, 200);
    },
  });
}
