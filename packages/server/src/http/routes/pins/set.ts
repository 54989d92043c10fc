import { Pin, PinBody } from '@kernelci/model';
import { Type } from 'typebox';
import { setPin } from '../../../domain/pins/set-pin.ts';
import { accountOf } from '../../request-context.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerSetPin(app: App, { services }: RouteDeps): void {
  app.put('/node/:id/pin', {
    config: { access: 'account', scope: 'nodes' },
    schema: {
      tags: ['nodes'],
      summary: 'Keep a node, with all that is above and below it, however old it grows; or no longer',
      description:
        'For those who may edit the node. It leaves no event, and the node stays the version that it is.',
      params: Type.Object({ id: Type.String() }),
      body: PinBody,
      response: { 200: Pin, ...errors(400, 401, 403, 404) },
    },
    handler: async (request) =>
      setPin(services, accountOf(request).principal, request.params.id, request.body),
  });
}
