import { NodesetBody } from '@kernelci/model';
import { Type } from 'typebox';
import { flagNodes } from '../../../domain/nodes/flag-nodes.ts';
import { accountOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerNodeset(app: App, { services }: RouteDeps): void {
  app.put('/batch/nodeset', {
    config: { access: 'account', scope: 'nodes' },
    schema: {
      tags: ['nodes'],
      summary: 'Set processed_by_kcidb_bridge on several nodes, on all of them or none',
      description: 'Nodes that you may not edit are left out; the answer says how many were changed.',
      body: NodesetBody,
      response: { 200: Type.Integer(), ...errors(400, 401, 403, 404) },
    },
    handler: async (request) => flagNodes(services, accountOf(request).principal, request.body),
  });
}
