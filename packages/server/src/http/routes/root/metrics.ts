import { Type } from 'typebox';
import type { RouteDeps } from '../../route-deps.ts';
import type { App } from '../../server-types.ts';

export function registerMetrics(app: App, { metrics }: RouteDeps): void {
  app.addHook('onResponse', async (request, reply) => {
    metrics.requests.inc({ instance: 'api' });
    const { method, url: route = 'none' } = request.routeOptions;
    const labels = {
      method: typeof method === 'string' ? method : request.method,
      route,
      status: reply.statusCode,
    };
    metrics.durations.observe(labels, reply.elapsedTime / 1000);
  });
  app.get('/metrics', {
    config: { access: 'public' },
    schema: {
      tags: ['server'],
      summary: 'Figures of this instance, as Prometheus reads them',
      response: { 200: { type: 'string', content: { 'text/plain': { schema: Type.String() } } } },
    },
    handler: async (_request, reply) =>
      reply.type('text/plain; charset=utf-8').send(await metrics.registry.metrics()),
  });
}
