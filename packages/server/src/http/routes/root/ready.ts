import { ErrorBody } from '@kernelci/model';
import { Type } from 'typebox';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';

export function registerReady(app: App, { checkReady }: RouteDeps): void {
  app.get('/ready', {
    config: { access: 'public' },
    logLevel: 'warn',
    schema: {
      tags: ['service'],
      summary: 'Whether requests can be served: the database answers and its schema is up to date',
      response: { 200: Type.Object({ status: Type.Literal('ready') }), 503: ErrorBody },
    },
    handler: async () => {
      await checkReady();
      return { status: 'ready' as const };
    },
  });
}
