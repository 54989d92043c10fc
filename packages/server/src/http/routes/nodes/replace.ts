import { LooseBoolean, Node, NodeBody } from '@kernelci/model';
import { Type } from 'typebox';
import { replacedNode } from '../../../domain/nodes/normalise.ts';
import { ifMatch, sendNode } from '../../etag.ts';
import { accountOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerReplaceNode(app: App, { changer }: RouteDeps): void {
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
      const node = await changer.submit({
        id: request.params.id,
        principal,
        apply: (current, now) => replacedNode(current, request.body, now),
        ifMatch: ifMatch(request),
        silent: request.query.noevent ?? false,
      });
      return sendNode(request, reply, node);
    },
  });
}
