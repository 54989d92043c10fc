import cors from '@fastify/cors';
import type { App } from '../server-types.ts';

/** Lets pages of the origins (`*` for all) use the API from a browser. */
export async function registerCors(app: App, origins: string[]): Promise<void> {
  app.addHook('onRequest', async (request, reply) => {
    const { origin, 'access-control-request-method': asked } = request.headers;
    // Not a browser's question: the answer is that of any method that a route has not.
    if (request.method === 'OPTIONS' && (origin === undefined || asked === undefined))
      return reply.callNotFound();
  });
  await app.register(cors, {
    origin: origins.includes('*') ? '*' : origins,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: ['etag', 'kci-total', 'link', 'location', 'retry-after', 'warning', 'x-request-id'],
    maxAge: 600,
  });
}
