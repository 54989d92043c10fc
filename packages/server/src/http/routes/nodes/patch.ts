import { Node, PatchBody } from '@kernelci/model';
import { Type } from 'typebox';
import { patchedNode } from '../../../domain/nodes/normalise.ts';
import { ifMatch, sendNode } from '../../etag.ts';
import { accountOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerPatchNode(app: App, { changer }: RouteDeps): void {
  app.patch('/node/:id', {
    config: { access: 'account', scope: 'nodes' },
    schema: {
      tags: ['nodes'],
      summary: 'Change some fields of a node; each is replaced, not merged',
      params: Type.Object({ id: Type.String() }),
      body: PatchBody,
      response: { 200: Node, ...errors(400, 401, 403, 404, 412) },
    },
    handler: async (request, reply) => {
      const { principal } = accountOf(request);
      const node = await changer.submit({
        id: request.params.id,
        principal,
        apply: (current, now) => patchedNode(current, request.body, now),
        ifMatch: ifMatch(request),
      });
      return sendNode(request, reply, node);
    },
  });
}
