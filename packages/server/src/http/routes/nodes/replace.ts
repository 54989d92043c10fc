import { LooseBoolean, Node, NodeBody } from '@kernelci/model';
import { Type } from 'typebox';
import { changeNode } from '../../../domain/nodes/change-node.ts';
import { replacedNode } from '../../../domain/nodes/normalise.ts';
import { ifMatch, sendNode } from '../../etag.ts';
import { accountOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerReplaceNode(app: App, { services }: RouteDeps): void {
  app.put('/node/:id', {
    config: { access: 'account', scope: 'nodes' },
    schema: {
      tags: ['nodes'],
      summary: 'Replace a node; what is left out returns to its default',
      params: Type.Object({ id: Type.String() }),
      querystring: Type.Object({
        noevent: Type.Optional(LooseBoolean({ description: 'leave no event in the log' })),
      }),
      body: NodeBody,
      response: { 200: Node, ...errors(400, 401, 403, 404, 412) },
    },
    handler: async (request, reply) => {
      const { principal } = accountOf(request);
      const options = { ifMatch: ifMatch(request), silent: request.query.noevent ?? false };
      const node = await changeNode(
        services,
        principal,
        request.params.id,
        (current, now) => replacedNode(current, request.body, now),
        options,
      );
      return sendNode(request, reply, node);
    },
  });
}
