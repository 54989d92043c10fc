import { NewWebhook, WebhookBody } from '@kernelci/model';
import { createWebhook } from '../../../domain/webhooks/create-webhook.ts';
import { accountOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerCreateWebhook(app: App, { services, webhooks }: RouteDeps): void {
  app.post('/webhooks', {
    config: { access: 'account', scope: 'events' },
    schema: {
      tags: ['webhooks'],
      summary: 'Have events sent to an address, from now on',
      description:
        'Each event is a POST of a CloudEvent, signed as Standard Webhooks says, in the order of the log. The secret ' +
        'is in this answer only.',
      body: WebhookBody,
      response: { 200: NewWebhook, ...errors(400, 401, 403) },
    },
    handler: async (request) => {
      const refuses = (url: URL) => webhooks.sender.refuses(url);
      const webhook = await createWebhook(services, accountOf(request), request.body, refuses);
      webhooks.worker.wake();
      return webhook;
    },
  });
}
