import { filterable, NodeListQuery, NodePage } from '@kernelci/model';
import { findNodes } from '../../../domain/nodes/find-nodes.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { linkNext, sendPieces, unlessGone, warnOfUnknown } from '../../text-stream.ts';
import { errors } from '../errors.ts';
import { CONDITIONS, listRequest, refuseRepeated } from './list-query.ts';

export function registerListNodes(app: App, { services }: RouteDeps): void {
  app.get('/nodes', {
    config: { access: 'public' },
    schema: {
      tags: ['nodes'],
      summary: 'Nodes that meet conditions, in the order of their creation on this server unless sorted',
      description: `${CONDITIONS} The header \`Kci-Total\` says whether \`total\` is exact or an estimate.`,
      querystring: filterable(NodeListQuery),
      response: { 200: NodePage, ...errors(400) },
    },
    handler: async (request, reply) =>
      unlessGone(reply, async (signal) => {
        refuseRepeated(request);
        const { limit, offset } = request.query;
        const list = await findNodes(services, { ...listRequest(request.query), limit }, signal);
        warnOfUnknown(reply, list.unknownFields);
        linkNext(request, reply, list.next);
        if (list.total) reply.header('kci-total', list.total.kind);
        const total = list.total?.total ?? null;
        return sendPieces(
          reply,
          '{"items":[',
          list.text,
          `],"total":${total},"limit":${limit},"offset":${offset}}`,
        );
      }),
  });
}
