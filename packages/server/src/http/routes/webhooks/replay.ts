import { WebhookReplay, WebhookReplayed } from '@kernelci/model';
import { Type } from 'typebox';
import { replayAfter, replayEntry } from '../../../domain/webhooks/send-once.ts';
import { DomainError } from '../../../errors.ts';
import { accountOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerReplayWebhook(app: App, { services, webhooks }: RouteDeps): void {
  app.post('/webhooks/:id/replay', {
    config: { access: 'account', scope: 'events' },
    schema: {
      tags: ['webhooks'],
      summary: 'Send one event once more, or all from a position on',
      description:
        '`sequence_id` sends that event at once, out of turn, and answers what became of it; `after` makes the webhook ' +
        'go on behind that position, and answers the webhook.',
      params: Type.Object({ id: Type.String() }),
      body: WebhookReplay,
      response: { 200: WebhookReplayed, ...errors(400, 401, 403, 404, 429) },
    },
    handler: async (request) => {
      const { sequence_id: sequenceId, after } = request.body;
      const { principal } = accountOf(request);
      const { id } = request.params;
      if (sequenceId !== undefined && after === undefined)
        return replayEntry(services, principal, id, sequenceId, webhooks.sender);
      if (after === undefined || sequenceId !== undefined)
        throw new DomainError('bad_value', 'Provide either sequence_id or after');
      const webhook = await replayAfter(services, principal, id, after);
      webhooks.worker.wake();
      return webhook;
    },
  });
}
