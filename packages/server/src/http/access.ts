import type { Scope } from '@kernelci/model';
import type { Principal } from '../domain/access/principal.ts';

/**
 * Who may use a route. `public` never looks at the Authorization header; `account` wants an active account,
 * `verified` one whose address is verified, `admin` one with admin rights and a token that carries them.
 */
export type Access = 'public' | 'account' | 'verified' | 'admin';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
    /** What the token must be good for, beyond reading. */
    scope?: Scope;
    /** The body is a form, and JSON is not taken for one. */
    form?: boolean;
  }
  interface FastifyRequest {
    principal: Principal | null;
  }
}
