import { WebhookOutcome } from '@kernelci/model';
import { Type } from 'typebox';
import { testWebhook } from '../../../domain/webhooks/send-once.ts';
import { accountOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { clientGone } from '../../text-stream.ts';
import { errors } from '../errors.ts';

export function registerTestWebhook(app: App, { services, webhooks }: RouteDeps): void {
  app.post('/webhooks/:id/test', {
    config: { access: 'account', scope: 'events' },
    schema: {
      tags: ['webhooks'],
      summary: 'Send an event that says that it is a test, and tell what became of it',
      params: Type.Object({ id: Type.String() }),
      response: { 200: WebhookOutcome, ...errors(401, 403, 404) },
    },
    handler: async (request, reply) => {
      const sending = { sender: webhooks.sender, stopped: clientGone(reply) };
      return testWebhook(services, accountOf(request).principal, request.params.id, sending);
    },
  });
}
