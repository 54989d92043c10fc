import type { FastifyRequest } from 'fastify';
import type { Principal } from '../domain/access/principal.ts';
import type { Actor } from '../domain/audit/record.ts';
import { unauthorized } from '../errors.ts';

/** The address under which the caller reaches this server; empty when the request does not name one (HTTP/1.0). */
export function originOf(request: FastifyRequest): string {
  const origin = `${request.protocol}://${request.host}`;
  return URL.canParse(origin) ? origin : '';
}

export interface PublicUrls {
  /** For answers and mails that an admin causes: the configured address, else the one the admin uses. */
  forAdmin(request: FastifyRequest): string;
  /**
   * For mails that anybody may cause: the configured address, else the one the server listens on, never the Host
   * header, which a stranger could point anywhere.
   */
  forAnyone(): string;
}

/** Who acts in the request. */
export function actorOf(request: FastifyRequest): Actor {
  return { principal: request.principal, address: request.ip, requestId: request.id };
}

/** Who acts in a request that only an account can make. */
export function accountOf(request: FastifyRequest): Actor & { principal: Principal } {
  if (request.principal === null) throw unauthorized();
  return { principal: request.principal, address: request.ip, requestId: request.id };
}
