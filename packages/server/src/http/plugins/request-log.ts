import type { App } from '../server-types.ts';

/** Secrets travel in some addresses: an invite link carries its token. */
const shownUrl = (url: string): string =>
  url.replace(/([?&](?:token|password|secret|access_token)=)[^&]*/gi, '$1…').slice(0, 2000);

/** One line for each answered request, and its id in the answer. */
export function registerRequestLog(app: App): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  app.addHook('onResponse', async (request, reply) => {
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
  });
  app.addHook('onRequestAbort', async (request) => {
    request.log.info({ method: request.method, url: shownUrl(request.originalUrl) }, 'client went away');
  });
}
