import { PageQuery, PinPage } from '@kernelci/model';
import { readPins } from '../../../domain/pins/read-pins.ts';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';
import { errors } from '../errors.ts';

export function registerListPins(app: App, { services }: RouteDeps): void {
  app.get('/pins', {
    config: { access: 'public' },
    schema: {
      tags: ['nodes'],
      summary: 'All pins, oldest first',
      querystring: PageQuery,
      response: { 200: PinPage, ...errors(400) },
    },
    handler: async (request) => readPins(services, request.query),
  });
}
