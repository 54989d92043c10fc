import { WebhookOutcome } from '@kernelci/model';
import { Type } from 'typebox';
import { testWebhook } from '../../../domain/webhooks/send-once.ts';
import { accountOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerTestWebhook(app: App, { services, webhooks }: RouteDeps): void {
  app.post('/webhooks/:id/test', {
    config: { access: 'account', scope: 'events' },
    schema: {
      tags: ['webhooks'],
      summary: 'Send an event that says that it is a test, and tell what became of it',
      params: Type.Object({ id: Type.String() }),
      response: { 200: WebhookOutcome, ...errors(401, 403, 404, 429) },
    },
    handler: async (request) => {
      const { principal } = accountOf(request);
      return testWebhook(services, principal, request.params.id, webhooks.sender);
    },
  });
}
