import { ClaimAnswer, ClaimBody, ConsumerGroupParams, SECOND } from '@kernelci/model';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { ownGroup } from '../../../domain/consumer-groups/own-group.ts';
import { feedEntryText } from '../../../domain/events/entry-text.ts';
import type { ClaimedEntries, Told } from '../../../events/handover.ts';
import { answerWhenTold } from '../../handing-over.ts';
import { sendJson } from '../../replies.ts';
import { accountOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

const LIMIT = 10;

function sendClaimed(reply: FastifyReply, { message, missed }: Told<ClaimedEntries>): void {
  if (missed > 0)
    reply.header('warning', `199 - "up to ${missed} events were removed before they were fetched"`);
  const items = (message?.items ?? []).map((event) =>
    feedEntryText(event, `,"delivery_count":${event.deliveries}`),
  );
  sendJson(reply, `{"items":[${items.join(',')}],"missed":${missed}}`);
}

export function registerClaim(app: App, { services, groupClaims }: RouteDeps): void {
  app.addHook('preClose', () => groupClaims.stopWaiting());
  app.post('/feed/groups/:name/claim', {
    config: { access: 'account', scope: 'events' },
    schema: {
      tags: ['events'],
      summary: 'Take the next entries of a consumer group',
      description:
        "Each entry goes to one claimer. What is not acknowledged within the group's `visibility_seconds` goes to " +
        'the next one.',
      params: ConsumerGroupParams,
      body: Type.Union([ClaimBody, Type.Null()]),
      response: { 200: ClaimAnswer, ...errors(401, 403, 404) },
    },
    handler: async (request, reply) => {
      const { principal } = accountOf(request);
      const group = await ownGroup(services.db.reader, principal, request.params.name, 'use');
      const { limit = LIMIT, wait = 0, worker = null } = request.body ?? {};
      return answerWhenTold<ClaimedEntries>(
        request,
        reply,
        (waiter) => groupClaims.claim(group.id, { limit, waitMs: wait * SECOND, worker }, waiter),
        (told) => sendClaimed(reply, told),
      );
    },
  });
}
