import { CloudEvent, ListParams } from '@kernelci/model';
import type { TakenItem } from '../../../events/handover.ts';
import { answerWhenTold } from '../../handing-over.ts';
import { sendJson } from '../../replies.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerPop(app: App, { poppers }: RouteDeps): void {
  app.addHook('preClose', async () => poppers.refuseAll());
  app.get('/pop/:list', {
    exposeHeadRoute: false,
    config: { access: 'account', scope: 'events' },
    schema: {
      tags: ['events'],
      summary: 'Take the first item of a list, waiting for it',
      description: 'An item goes to one of those who wait. When its connection breaks, the next one gets it.',
      params: ListParams,
      response: { 200: CloudEvent, ...errors(401, 403) },
    },
    handler: async (request, reply) =>
      answerWhenTold<TakenItem>(
        request,
        reply,
        (waiter) => poppers.pop(request.params.list, waiter),
        ({ message }) => sendJson(reply, message?.event ?? 'null'),
      ),
  });
}
