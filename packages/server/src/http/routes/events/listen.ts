import { ListenAnswer, newId, SubscriptionParams } from '@kernelci/model';
import { beep, cloudEvent } from '../../../domain/events/cloud-event.ts';
import { findOwn } from '../../../domain/subscriptions/find-own.ts';
import type { LoggedEntry } from '../../../events/handover.ts';
import { answerWhenTold } from '../../handing-over.ts';
import { accountOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerListen(app: App, { services, self, listeners }: RouteDeps): void {
  const { clock } = services;
  app.addHook('preClose', async () => listeners.refuseAll());
  app.get('/listen/:sub_id', {
    exposeHeadRoute: false,
    config: { access: 'account', scope: 'events' },
    schema: {
      tags: ['events'],
      summary: "Wait for a subscription's next event",
      description:
        'Answers when there is one, or with `BEEP` as its data when nothing happened for a while. Asking again ' +
        'acknowledges what the last answer told.',
      params: SubscriptionParams,
      response: { 200: ListenAnswer, ...errors(401, 403, 404) },
    },
    handler: async (request, reply) => {
      const id = request.params.sub_id;
      const row = await findOwn(services, accountOf(request).principal, id, self);
      return answerWhenTold<LoggedEntry>(
        request,
        reply,
        (waiter) => listeners.listen(row, waiter),
        ({ message, missed }) => {
          if (missed > 0)
            reply.header('warning', `199 - "up to ${missed} events were removed before they were fetched"`);
          const data = message === null ? beep(newId(clock()), clock()) : cloudEvent(message);
          reply.send({ type: 'message', pattern: null, channel: row.channel, data });
        },
      );
    },
  });
}
