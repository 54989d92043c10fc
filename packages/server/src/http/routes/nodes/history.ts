import { PageQuery } from '@kernelci/model';
import { Type } from 'typebox';
import { nodeHistory } from '../../../domain/nodes/node-history.ts';
import { sendJson } from '../../replies.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

const Entry = Type.Object({
  id: Type.String(),
  sequence_id: Type.Integer(),
  timestamp: Type.String(),
  channel: Type.String(),
  owner: Type.Union([Type.String(), Type.Null()]),
  data: Type.Unknown(),
});

export function registerNodeHistory(app: App, { services }: RouteDeps): void {
  app.get('/node/:id/history', {
    config: { access: 'public' },
    schema: {
      tags: ['nodes'],
      summary: 'What happened to a node, oldest first, as far back as events are kept',
      params: Type.Object({ id: Type.String() }),
      querystring: PageQuery,
      response: { 200: Type.Array(Entry), ...errors(400) },
    },
    handler: async (request, reply) => {
      return sendJson(reply, await nodeHistory(services, request.params.id, request.query));
    },
  });
}
