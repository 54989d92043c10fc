import { filterable, Node, NodeStreamQuery } from '@kernelci/model';
import { Type } from 'typebox';
import { findNodes } from '../../../domain/nodes/find-nodes.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { linkNext, sendPieces, unlessGone, warnOfUnknown } from '../../text-stream.ts';
import { errors } from '../errors.ts';
import { CONDITIONS, listRequest, refuseRepeated } from './list-query.ts';

export function registerFastNodes(app: App, { services }: RouteDeps): void {
  app.get('/nodes/fast', {
    config: { access: 'public' },
    schema: {
      tags: ['nodes'],
      summary: 'The same nodes as a plain list, all of them unless limited, answered while they are read',
      description: CONDITIONS,
      querystring: filterable(NodeStreamQuery),
      response: { 200: Type.Array(Node), ...errors(400) },
    },
    handler: async (request, reply) =>
      unlessGone(reply, async (signal) => {
        refuseRepeated(request);
        const limit = request.query.limit === 0 ? null : request.query.limit;
        const asked = { ...listRequest(request.query), limit, total: 'none' as const };
        const list = await findNodes(services, asked, signal);
        warnOfUnknown(reply, list.unknownFields);
        linkNext(request, reply, list.next);
        return sendPieces(reply, '[', list.text, ']');
      }),
  });
}
