import { ConnectionError } from '../errors.ts';
import type { Query } from '../paging.ts';
import type { Shape } from '../shapes.ts';
import { type ParseJson, refusal, successBody } from './answer.ts';
import { connectionFailure } from './connection-failure.ts';
import { retryRead } from './retry.ts';
import { apiUrl, requestUrl } from './url.ts';

const SECOND = 1000;

export interface TransportOptions {
  /** Where the API is, without the version: `https://api.example.org/`. */
  baseUrl: string;
  /** Default `latest`. */
  version?: string;
  /** Sent as bearer token with every request that is not public. */
  token?: string | undefined;
  /** For one attempt, reading the answer included; default 60 seconds. */
  timeoutMs?: number;
  userAgent?: string;
  /** Default: the global `fetch`. */
  fetch?: typeof fetch;
  /** Default: `JSON.parse`. */
  parseJson?: ParseJson;
  /** Gets the text of each `Warning` header. */
  onWarning?: (text: string) => void;
}

export interface RequestSpec {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Parts below the version; empty for the root. */
  path: readonly string[];
  query?: Query;
  json?: unknown;
  form?: Record<string, string | undefined>;
  /** No token is sent. */
  public?: boolean;
  shape?: Shape;
}

export interface Answer<T> {
  body: T;
  headers: Headers;
}

export interface Transport {
  url: string;
  /** Sends one request and answers with its parsed body, whose shape the caller knows. */
  send<T>(spec: RequestSpec): Promise<Answer<T>>;
  /** Like `send`, for those who need the body only. */
  body<T>(spec: RequestSpec): Promise<T>;
}

export function createTransport(options: TransportOptions): Transport {
  const url = apiUrl(options.baseUrl, options.version ?? 'latest');
  if (options.token !== undefined && !/^[\x21-\x7e]+$/.test(options.token)) {
    throw new TypeError('a token is one word of printable ASCII characters');
  }
  const send = async <T>(spec: RequestSpec): Promise<Answer<T>> => {
    const target = requestUrl(url, spec.path, spec.query);
    const attempt = () => exchange(options, spec, target);
    const answer = await (spec.method === 'GET' ? retryRead(attempt) : attempt());
    return answer as Answer<T>;
  };
  return { url, send, body: async <T>(spec: RequestSpec) => (await send<T>(spec)).body };
}

async function exchange(options: TransportOptions, spec: RequestSpec, url: string): Promise<Answer<unknown>> {
  const timeoutMs = options.timeoutMs ?? 60 * SECOND;
  const { response, text } = await ask(options, spec, url, timeoutMs).catch((error: unknown) => {
    throw connectionFailure(error, { method: spec.method, url }, timeoutMs);
  });
  const asked = { method: spec.method, url: response.url || url };
  tellWarnings(response.headers, options.onWarning);
  // A redirected GET was followed, so what comes here would repeat a write elsewhere or turn it into a GET.
  if (response.status >= 300 && response.status < 400) {
    const target = response.headers.get('location') ?? 'nowhere';
    throw new ConnectionError('redirect', `the server sends this to ${target}`, asked);
  }
  if (!response.ok) throw refusal(asked, response, text);
  const body = successBody(asked, response, text, options.parseJson ?? JSON.parse, spec.shape);
  return { body, headers: response.headers };
}

async function ask(
  options: TransportOptions,
  spec: RequestSpec,
  url: string,
  timeoutMs: number,
): Promise<{ response: Response; text: string }> {
  const response = await (options.fetch ?? fetch)(url, {
    method: spec.method,
    headers: headersOf(options, spec),
    body: bodyOf(spec),
    redirect: spec.method === 'GET' ? 'follow' : 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  });
  return { response, text: await response.text() };
}

function headersOf(options: TransportOptions, spec: RequestSpec): Headers {
  const headers = new Headers({ accept: 'application/json' });
  if (options.userAgent !== undefined) headers.set('user-agent', options.userAgent);
  if (spec.json !== undefined) headers.set('content-type', 'application/json');
  if (options.token !== undefined && spec.public !== true) {
    headers.set('authorization', `Bearer ${options.token}`);
  }
  return headers;
}

function bodyOf(spec: RequestSpec): string | URLSearchParams | null {
  if (spec.json !== undefined) return JSON.stringify(spec.json);
  if (spec.form === undefined) return null;
  const given = Object.entries(spec.form).filter(
    (field): field is [string, string] => field[1] !== undefined,
  );
  return new URLSearchParams(given);
}

/** `199 - "unknown field: status"` → `unknown field: status`. */
function tellWarnings(headers: Headers, tell: TransportOptions['onWarning']): void {
  if (tell === undefined) return;
  for (const [, text] of (headers.get('warning') ?? '').matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)) {
    if (text !== undefined) tell(text.replace(/\\(.)/g, '$1'));
  }
}
