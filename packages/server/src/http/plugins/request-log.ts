import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../server-types.ts';

/** Secrets travel in some addresses, an invite's token for one, or what somebody put in the wrong place. */
const shownUrl = (url: string): string =>
  url
    .replace(/([?&][^=&]*(?:token|password|secret)=)[^&]*/gi, '$1…')
    .replace(/eyJ[\w.%-]{20,}/g, '…')
    .slice(0, 2000);

function logAnswer(request: FastifyRequest, reply: FastifyReply): void {
  request.log.info(
    {
      method: request.method,
      url: shownUrl(request.originalUrl),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 100) / 100,
      address: request.ip,
      user: request.principal?.account.username,
    },
    'request',
  );
}

/** Does for a request that no hook sees, because its address cannot be read, what is done for all others. */
export function logUnrouted(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('x-request-id', request.id);
  reply.raw.once('finish', () => logAnswer(request, reply));
}

/** One line for each answered request, and its id in the answer. */
export function registerRequestLog(app: App): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  app.addHook('onResponse', async (request, reply) => logAnswer(request, reply));
  app.addHook('onRequestAbort', async (request) => {
    request.log.info({ method: request.method, url: shownUrl(request.originalUrl) }, 'client went away');
  });
}
