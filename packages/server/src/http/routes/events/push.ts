import { ListParams, PublishBody } from '@kernelci/model';
import { Type } from 'typebox';
import { pushItem } from '../../../domain/events/push-item.ts';
import { sendNull } from '../../replies.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerPush(app: App, { services }: RouteDeps): void {
  app.post('/push/:list', {
    config: { access: 'account', scope: 'events' },
    schema: {
      tags: ['events'],
      summary: 'Put an item at the end of a list',
      params: ListParams,
      body: PublishBody,
      response: { 200: Type.Null(), ...errors(401, 403) },
    },
    handler: async (request, reply) => {
      await pushItem(services, request.params.list, request.body);
      return sendNull(reply, 200);
    },
  });
}
