import { HierarchyBody, Node } from '@kernelci/model';
import { Type } from 'typebox';
import { storeHierarchy } from '../../../domain/nodes/store-hierarchy.ts';
import { sendJson } from '../../replies.ts';
import { accountOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerHierarchy(app: App, { services }: RouteDeps): void {
  app.put('/nodes/:id', {
    config: { access: 'account', scope: 'nodes' },
    schema: {
      tags: ['nodes'],
      summary: 'Replace a node and add the whole tree below it, all or nothing',
      params: Type.Object({ id: Type.String() }),
      body: HierarchyBody,
      response: { 200: Type.Array(Node), ...errors(400, 401, 403, 404) },
    },
    handler: async (request, reply) => {
      const { principal } = accountOf(request);
      const docs = await storeHierarchy(services, principal, request.params.id, request.body);
      return sendJson(reply, `[${docs.join(',')}]`);
    },
  });
}
