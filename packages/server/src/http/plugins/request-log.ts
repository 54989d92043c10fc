import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../server-types.ts';

/** Secrets travel in some addresses, an invite's token for one, or what somebody put in the wrong place. */
const shownUrl = (url: string): string =>
  url
    .replace(/([?&][^=&]*(?:token|password|secret)=)[^&]*/gi, '$1…')
    .replace(/eyJ[\w.%-]{20,}/g, '…')
    .slice(0, 2000);

function logAnswer(log: FastifyBaseLogger, request: FastifyRequest, reply: FastifyReply): void {
  log.info(
    {
      request_id: request.id,
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
  reply.raw.once('finish', () => logAnswer(request.log, request, reply));
}

/** One line for each answered request, and its id in the answer. */
export function registerRequestLog(app: App): void {
  // What is logged of a request has no place for a secret: looking for one costs more than writing the line.
  const log = app.log.child({}, { redact: [] });
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  app.addHook('onResponse', async (request, reply) => logAnswer(log, request, reply));
  app.addHook('onRequestAbort', async (request) => {
    const { id: request_id, method, originalUrl } = request;
    log.info({ request_id, method, url: shownUrl(originalUrl) }, 'client went away');
  });
}
