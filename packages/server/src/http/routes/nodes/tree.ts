import { Node, NodeTreeQuery } from '@kernelci/model';
import { Type } from 'typebox';
import { nodeTree } from '../../../domain/nodes/node-tree.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { sendPieces, unlessGone } from '../../text-stream.ts';
import { errors } from '../errors.ts';

export function registerNodeTree(app: App, { services }: RouteDeps): void {
  app.get('/node/:id/tree', {
    config: { access: 'public' },
    schema: {
      tags: ['nodes'],
      summary: 'A node and all below it, each followed by what is below it; 20,000 nodes at the most',
      params: Type.Object({ id: Type.String() }),
      querystring: NodeTreeQuery,
      response: { 200: Type.Array(Node), ...errors(400, 404) },
    },
    handler: async (request, reply) =>
      unlessGone(reply, async (signal) => {
        const { depth } = request.query;
        const text = await nodeTree(services, { id: request.params.id, depth }, signal);
        return sendPieces(reply, '[', text, ']');
      }),
  });
}
