import { Webhook } from '@kernelci/model';
import { Type } from 'typebox';
import { readWebhook } from '../../../domain/webhooks/read-webhooks.ts';
import { accountOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerGetWebhook(app: App, { services }: RouteDeps): void {
  app.get('/webhooks/:id', {
    config: { access: 'account', scope: 'events' },
    schema: {
      tags: ['webhooks'],
      summary: 'A webhook, and how far it has come',
      params: Type.Object({ id: Type.String() }),
      response: { 200: Webhook, ...errors(401, 403, 404) },
    },
    handler: async (request) => readWebhook(services, accountOf(request).principal, request.params.id),
  });
}
