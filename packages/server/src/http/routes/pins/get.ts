import { Pin } from '@kernelci/model';
import { Type } from 'typebox';
import { readPin } from '../../../domain/pins/read-pins.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerGetPin(app: App, { services }: RouteDeps): void {
  app.get('/node/:id/pin', {
    config: { access: 'public' },
    schema: {
      tags: ['nodes'],
      summary: 'Whether a node itself is pinned, by whom and why',
      params: Type.Object({ id: Type.String() }),
      response: { 200: Pin, ...errors(400, 404) },
    },
    handler: async (request) => readPin(services, request.params.id),
  });
}
