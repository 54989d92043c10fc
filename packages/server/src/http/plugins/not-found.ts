import type { FastifyReply, FastifyRequest } from 'fastify';
import { notFound } from '../../errors.ts';
import { routeUrl } from '../paths.ts';
import { originOf } from '../request-context.ts';
import type { App } from '../server-types.ts';

interface Pattern {
  segments: string[];
  methods: Set<string>;
}

const segmentsOf = (path: string): string[] => path.split('/').slice(1);

function fits(pattern: Pattern, segments: readonly string[]): boolean {
  const open = pattern.segments.at(-1) === '*';
  if (open ? segments.length < pattern.segments.length : segments.length !== pattern.segments.length)
    return false;
  const fixed = open ? pattern.segments.slice(0, -1) : pattern.segments;
  return fixed.every((part, i) => (part.startsWith(':') ? segments[i] !== '' : part === segments[i]));
}

/** The methods of the routes that the path would match. */
function methodsAt(patterns: Iterable<Pattern>, path: string): string[] {
  const segments = segmentsOf(path);
  const methods = [...patterns].filter((pattern) => fits(pattern, segments)).flatMap((p) => [...p.methods]);
  return [...new Set(methods)].sort();
}

const pathOf = (url: string): string => url.split('?', 1)[0] ?? url;

/** The same address with its trailing slash added or taken off. */
function withOtherSlash(url: string): string {
  const path = pathOf(url);
  const query = url.slice(path.length);
  return (path.endsWith('/') ? path.replace(/\/+$/, '') : `${path}/`) + query;
}

/**
 * What answers where no route does: a redirect when only a trailing slash is missing or too much, 405 with the
 * methods that would do, 404 otherwise. Register before the routes, so that it learns of them.
 */
export function registerNotFound(app: App): void {
  const patterns = new Map<string, Pattern>();
  app.addHook('onRoute', ({ url, method }) => {
    const pattern = patterns.get(url) ?? { segments: segmentsOf(url), methods: new Set() };
    for (const name of [method].flat()) pattern.methods.add(name);
    patterns.set(url, pattern);
  });

  app.setNotFoundHandler((request: FastifyRequest, reply: FastifyReply) => {
    const methods = methodsAt(patterns.values(), pathOf(request.url));
    if (methods.length > 0) {
      return reply.code(405).header('allow', methods.join(', ')).send({ detail: 'Method Not Allowed' });
    }
    const original = request.originalUrl;
    // `*`, of OPTIONS, and addresses with a host in them have no other form.
    if (!original.startsWith('/')) throw notFound();
    const other = withOtherSlash(original);
    const route = pathOf(routeUrl({ url: other } as FastifyRequest['raw']));
    if (methodsAt(patterns.values(), route).length > 0) return reply.redirect(originOf(request) + other, 307);
    throw notFound();
  });
}
