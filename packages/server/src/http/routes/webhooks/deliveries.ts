import { PageQuery, WebhookDeliveryPage } from '@kernelci/model';
import { Type } from 'typebox';
import { readDeliveries } from '../../../domain/webhooks/read-webhooks.ts';
import { accountOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerWebhookDeliveries(app: App, { services }: RouteDeps): void {
  app.get('/webhooks/:id/deliveries', {
    config: { access: 'account', scope: 'events' },
    schema: {
      tags: ['webhooks'],
      summary: 'What became of a webhook’s last thousand requests, newest first',
      params: Type.Object({ id: Type.String() }),
      querystring: PageQuery,
      response: { 200: WebhookDeliveryPage, ...errors(401, 403, 404) },
    },
    handler: async (request) =>
      readDeliveries(services, accountOf(request).principal, request.params.id, request.query),
  });
}
