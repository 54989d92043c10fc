import type { FastifyRequest } from 'fastify';
import sjson from 'secure-json-parse';
import { ValidationFailure } from '../error-handler.ts';
import type { App } from '../server-types.ts';
import { validatorCompiler } from '../validation/compiler.ts';
import { findUnsafeNumber } from '../validation/numbers.ts';
import { unstorable } from '../validation/text.ts';

const BODY_LIMIT = 32 * 1024 * 1024;
const TOO_LARGE = 413;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Where the text stops being JSON, as a count of characters. */
function failedAt(error: unknown, text: string): number {
  const position = error instanceof Error ? /at position (\d+)/.exec(error.message)?.[1] : undefined;
  return position === undefined ? text.length : Number(position);
}

function parseJson(text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return sjson.parse(text, undefined, { protoAction: 'error', constructorAction: 'ignore' });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const loc = ['body', failedAt(error, text)];
    throw new ValidationFailure([
      {
        type: 'json_invalid',
        loc,
        msg: 'JSON decode error',
        input: {},
        ctx: { error: reason.slice(0, 200) },
      },
    ]);
  }
}

function parseForm(text: string): Record<string, string> {
  // Empty values count as absent, as they do for the existing server.
  return Object.fromEntries([...new URLSearchParams(text)].filter(([, value]) => value !== ''));
}

/** The text without a byte order mark. What is not UTF-8 is refused: it would be altered silently. */
function decode(raw: Buffer): string {
  try {
    return utf8.decode(raw);
  } catch {
    throw new ValidationFailure([{ type: 'value_error', loc: ['body'], msg: 'Must be UTF-8', input: null }]);
  }
}

function parseBody(request: FastifyRequest, raw: Buffer): unknown {
  // Where no route is, what the body says does not matter: the answer is that there is none.
  if (request.is404) return undefined;
  const { form } = request.routeOptions.config;
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? '');
  const text = decode(raw);
  const body = form ? (isForm ? parseForm(text) : {}) : parseJson(text);
  const problem = unstorable(body, 'body') ?? (form ? undefined : findUnsafeNumber(text));
  if (problem) throw new ValidationFailure([problem]);
  return body ?? undefined;
}

/** One parser for all bodies: routes say whether theirs is a form or JSON, whatever Content-Type came with it. */
export function registerBodyParser(app: App): void {
  const formCompiler = validatorCompiler('form');
  app.addHook('onRoute', (route) => {
    if (route.config?.form) route.validatorCompiler = formCompiler;
  });
  app.addHook('onSend', async (_request, reply) => {
    // Closed at once, the connection would break while the client still sends, and it would never read the answer.
    if (reply.statusCode === TOO_LARGE) reply.removeHeader('connection');
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    '*',
    { parseAs: 'buffer', bodyLimit: BODY_LIMIT },
    async (request: FastifyRequest, raw: Buffer) => parseBody(request, raw),
  );
}
