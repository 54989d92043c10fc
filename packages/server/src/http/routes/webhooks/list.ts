import { PageQuery, WebhookPage } from '@kernelci/model';
import { readWebhooks } from '../../../domain/webhooks/read-webhooks.ts';
import { accountOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerListWebhooks(app: App, { services }: RouteDeps): void {
  app.get('/webhooks', {
    config: { access: 'account', scope: 'events' },
    schema: {
      tags: ['webhooks'],
      summary: 'Your webhooks, oldest first; everybody’s for admins',
      querystring: PageQuery,
      response: { 200: WebhookPage, ...errors(401, 403) },
    },
    handler: async (request) => readWebhooks(services, accountOf(request).principal, request.query),
  });
}
