import { filterable, LoggedEvent } from '@kernelci/model';
import { Type } from 'typebox';
import { listEvents } from '../../../domain/events/list-events.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { clientGone, sendPieces } from '../../text-stream.ts';
import { errors } from '../errors.ts';

const Query = Type.Object({
  id: Type.Optional(Type.String({ description: 'of one event' })),
  ids: Type.Optional(Type.String({ description: 'of several events, separated by commas' })),
  from: Type.Optional(Type.String({ description: 'a moment in ISO 8601: only events of later ones' })),
  limit: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: '0: all' })),
  recursive: Type.Optional(
    Type.String({ description: 'anything: each event comes with its node; limit is then needed, 1 to 1000' }),
  ),
});

export function registerListEvents(app: App, { services }: RouteDeps): void {
  app.get('/events', {
    config: { access: 'public' },
    schema: {
      tags: ['events'],
      summary: 'What happened, oldest first, as far back as events are kept',
      description:
        'Filters: `channel`, `node_id`, `owner`, `op`, `kind`, `state`, `result`, `name`, `group`, `path` (a ' +
        "regular expression), and any other field of the event's data, with the operators that nodes are asked with.",
      querystring: filterable(Query),
      response: { 200: Type.Array(LoggedEvent), ...errors(400) },
    },
    handler: async (request, reply) => {
      const { id, ids, from, limit, recursive = '', ...conditions } = request.query;
      const asked = { conditions: conditions as Record<string, string>, id, ids, from, limit };
      const text = listEvents(services, { ...asked, recursive: recursive !== '' }, clientGone(reply));
      return sendPieces(reply, '[', text, ']');
    },
  });
}
