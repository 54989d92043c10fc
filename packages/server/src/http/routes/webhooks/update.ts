import { ChangedWebhook, WebhookPatch } from '@kernelci/model';
import { Type } from 'typebox';
import { changeWebhook } from '../../../domain/webhooks/change-webhook.ts';
import { accountOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerUpdateWebhook(app: App, { services, webhooks }: RouteDeps): void {
  app.patch('/webhooks/:id', {
    config: { access: 'account', scope: 'events' },
    schema: {
      tags: ['webhooks'],
      summary: 'Change a webhook, end it for a while, enable it again, or give it a new secret',
      description: 'A new channel or filter is for what comes and for what waits to be delivered.',
      params: Type.Object({ id: Type.String() }),
      body: WebhookPatch,
      response: { 200: ChangedWebhook, ...errors(400, 401, 403, 404) },
    },
    handler: async (request) => {
      const refuses = (url: URL) => webhooks.sender.refuses(url);
      const change = { patch: request.body, refuses };
      const webhook = await changeWebhook(services, accountOf(request), request.params.id, change);
      webhooks.worker.wake();
      return webhook;
    },
  });
}
