const LINK = /<([^<>]*)>((?:\s*;\s*[^\s;,=]+(?:\s*=\s*(?:"[^"]*"|[^\s;,"]+))?)*)/g;

/** The cursor in the address that a `Link` header calls next; undefined without one. */
export function nextCursor(headers: Headers): string | undefined {
  for (const [, target = '', parameters = ''] of (headers.get('link') ?? '').matchAll(LINK)) {
    if (!/;\s*rel\s*=\s*"?next"?\s*(;|$)/i.test(parameters)) continue;
    // Only its cursor counts: how the API is reached is known here, and perhaps not there.
    return URL.parse(target, 'http://api.invalid/')?.searchParams.get('after') ?? undefined;
  }
  return undefined;
}
