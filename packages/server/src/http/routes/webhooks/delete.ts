import { Type } from 'typebox';
import { deleteWebhook } from '../../../domain/webhooks/delete-webhook.ts';
import { accountOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerDeleteWebhook(app: App, { services, webhooks }: RouteDeps): void {
  app.delete('/webhooks/:id', {
    config: { access: 'account', scope: 'events' },
    schema: {
      tags: ['webhooks'],
      summary: 'Delete a webhook of your own; anybody’s for admins',
      params: Type.Object({ id: Type.String() }),
      response: { 204: Type.Null(), ...errors(401, 403, 404) },
    },
    handler: async (request, reply) => {
      await deleteWebhook(services, accountOf(request), request.params.id);
      webhooks.worker.wake();
      return reply.code(204).send(null);
    },
  });
}
