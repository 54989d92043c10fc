import type { IncomingMessage } from 'node:http';

const unsupported = new WeakMap<IncomingMessage, string>();

/**
 * The URL that routes are matched with: duplicate slashes folded, and the version prefix taken off (`/latest` and
 * `/v0`; without one, the same routes). Another version is remembered for `unsupportedVersion`.
 */
export function routeUrl(request: IncomingMessage): string {
  // A client may send the whole address, as it must to a proxy.
  const url = (request.url ?? '/').replace(/^https?:\/\/[^/?#]*(?=[/?])/i, '');
  const queryAt = url.indexOf('?');
  const path = (queryAt < 0 ? url : url.slice(0, queryAt)).replace(/\/{2,}/g, '/');
  const query = queryAt < 0 ? '' : url.slice(queryAt);
  const [, version, rest] = /^\/(latest|v[\d.]+)(\/.*)?$/.exec(path) ?? [];
  if (version !== undefined && version !== 'latest' && version !== 'v0') unsupported.set(request, version);
  // `/latest` alone stays as it is: its slash is missing, and the caller is told so.
  return (version === undefined || rest === undefined ? path : rest) + query;
}

export function unsupportedVersion(request: IncomingMessage): string | undefined {
  return unsupported.get(request);
}
