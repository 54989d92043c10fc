import type { Query } from '../paging.ts';

/**
 * The address that paths are appended to. A path in `baseUrl` counts only up to its last slash, as with the API's
 * other clients: `https://host/api/` keeps `api`, `https://host/api` does not.
 * @throws TypeError when it is no http or https address
 */
export function apiUrl(baseUrl: string, version: string): string {
  const base = URL.parse(baseUrl);
  if (base === null || !/^https?:$/.test(base.protocol)) {
    throw new TypeError(`'${baseUrl}' is not an address that begins with http:// or https://`);
  }
  if (base.username !== '' || base.password !== '') {
    throw new TypeError('an API address must not contain a user name or password');
  }
  if (isClimbing(version)) throw new TypeError(`'${version}' is not a version of the API`);
  const folder = base.pathname.slice(0, base.pathname.lastIndexOf('/') + 1).replace(/\/{2,}/g, '/');
  return `${base.origin}${folder}${encodeURIComponent(version)}/`;
}

/**
 * A path of literal and caller-given parts below the API's address.
 * @throws TypeError for a part that would climb or vanish, such as `..`
 */
export function requestUrl(api: string, path: readonly string[], query: Query = {}): string {
  for (const part of path) {
    if (isClimbing(part)) throw new TypeError(`'${part}' cannot be part of a path`);
  }
  const search = queryText(query);
  return `${api}${path.map(encodeURIComponent).join('/')}${search === '' ? '' : `?${search}`}`;
}

/** Parts that an address would resolve instead of keeping. */
function isClimbing(part: string): boolean {
  return /^\.{0,2}$/.test(part);
}

function queryText(query: Query): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) params.append(name, String(one));
  }
  return params.toString();
}
