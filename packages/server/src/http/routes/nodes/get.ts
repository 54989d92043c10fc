import { Node } from '@kernelci/model';
import { Type } from 'typebox';
import { readNode } from '../../../domain/nodes/read-node.ts';
import { sendNode } from '../../etag.ts';
import { sendNull } from '../../replies.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerGetNode(app: App, { services }: RouteDeps): void {
  app.get('/node/:id', {
    config: { access: 'public' },
    schema: {
      tags: ['nodes'],
      summary: 'One node; null when there is none of that id',
      params: Type.Object({ id: Type.String() }),
      response: { 200: Type.Union([Node, Type.Null()]), ...errors(400) },
    },
    handler: async (request, reply) => {
      const node = await readNode(services, request.params.id);
      return node === undefined ? sendNull(reply, 200) : sendNode(request, reply, node);
    },
  });
}
