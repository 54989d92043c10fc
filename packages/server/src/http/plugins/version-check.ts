import { unsupportedVersion } from '../paths.ts';
import type { App } from '../server-types.ts';

/** Refuses addresses of API versions that do not exist. */
export function registerVersionCheck(app: App): void {
  app.addHook('onRequest', async (request, reply) => {
    const version = unsupportedVersion(request.raw);
    if (version === undefined) return;
    return reply.code(400).type('text/plain; charset=utf-8').send(`Unsupported API version: ${version}`);
  });
}
