import type { FastifyRequest } from 'fastify';
import type { Authenticator } from '../../domain/access/authenticator.ts';
import { requireAdmin, requireScope } from '../../domain/access/principal.ts';
import { forbidden } from '../../errors.ts';
import type { App } from '../server-types.ts';
import '../access.ts';

/** Checks who comes, and whether they may, before anything of the body is read. */
export function registerAuthentication(app: App, authenticator: Authenticator): void {
  app.decorateRequest('principal', null);

  app.addHook('onRoute', (route) => {
    if (route.config?.access === undefined)
      throw new Error(`${route.method} ${route.url} does not state its access`);
  });

  app.addHook('onRequest', async (request: FastifyRequest) => {
    const { access = 'public', scope } = request.routeOptions.config;
    if (access === 'public') return;
    const principal = await authenticator.authenticate(request.headers.authorization);
    request.principal = principal;
    if (access === 'verified' && !principal.account.isVerified) throw forbidden();
    if (access === 'admin') requireAdmin(principal);
    if (scope !== undefined) requireScope(principal, scope);
  });
}
