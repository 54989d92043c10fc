import { ApiError, ConnectionError } from '../errors.ts';
import { refusal } from './answer.ts';
import { connectionFailure } from './connection-failure.ts';
import { RawJson } from './raw-json.ts';
import { type RequestSpec, type TransportOptions, timeoutOf } from './request.ts';

const NOT_MODIFIED = 304;

/** A success, and what to call it in messages. */
export interface Opened {
  asked: { method: string; url: string };
  response: Response;
}

/**
 * Sends a request once, up to a success whose body is still to be read.
 * @throws ApiError, ConnectionError
 */
export async function open(
  options: TransportOptions,
  spec: RequestSpec,
  url: string,
  signal: AbortSignal,
): Promise<Opened> {
  try {
    const response = await ask(options, spec, url, signal);
    const asked = { method: spec.method, url: response.url || url };
    tellWarnings(response.headers, options.onWarning);
    if (response.ok || response.status === NOT_MODIFIED) return { asked, response };
    // A redirected GET was followed, so what comes here would repeat a write elsewhere or turn it into a GET.
    if (response.status >= 300 && response.status < 400) {
      const target = response.headers.get('location') ?? 'nowhere';
      throw new ConnectionError('redirect', `the server sends this to ${target}`, asked);
    }
    throw refusal(asked, response, await response.text());
  } catch (error) {
    throw failureOf(error, timeoutOf(options, spec), { method: spec.method, url });
  }
}

/** What failed while sending or reading, in the words of this package. */
export function failureOf(error: unknown, timeoutMs: number, asked: { method: string; url: string }): Error {
  if (error instanceof ApiError || error instanceof ConnectionError) return error;
  return connectionFailure(error, asked, timeoutMs);
}

function ask(
  options: TransportOptions,
  spec: RequestSpec,
  url: string,
  signal: AbortSignal,
): Promise<Response> {
  return (options.fetch ?? fetch)(url, {
    method: spec.method,
    headers: headersOf(options, spec),
    body: bodyOf(spec),
    redirect: spec.method === 'GET' ? 'follow' : 'manual',
    signal: spec.signal === undefined ? signal : AbortSignal.any([signal, spec.signal]),
  });
}

function headersOf(options: TransportOptions, spec: RequestSpec): Headers {
  const headers = new Headers({ accept: 'application/json' });
  for (const [name, value] of Object.entries(spec.headers ?? {})) {
    if (value !== undefined) headers.set(name, value);
  }
  if (options.userAgent !== undefined) headers.set('user-agent', options.userAgent);
  if (spec.json !== undefined) headers.set('content-type', 'application/json');
  if (options.token !== undefined && spec.public !== true) {
    headers.set('authorization', `Bearer ${options.token}`);
  }
  return headers;
}

function bodyOf(spec: RequestSpec): string | URLSearchParams | null {
  if (spec.json instanceof RawJson) return spec.json.text;
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
