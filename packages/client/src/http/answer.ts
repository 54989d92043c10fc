import type { Problem } from '@kernelci/model';
import { ApiError, NotAnApiError } from '../errors.ts';
import type { Shape } from '../shapes.ts';

const EXCERPT_MAX = 512;

export type ParseJson = (text: string) => unknown;

interface Asked {
  method: string;
  url: string;
}

/**
 * The parsed body of a success, undefined when there is none.
 * @throws NotAnApiError when the body is not JSON, or not `fitting`
 */
export function successBody(
  asked: Asked,
  response: Response,
  text: string,
  parse: ParseJson,
  fitting: Shape = () => true,
): unknown {
  if (text !== '' && !isJson(response.headers)) {
    throw new NotAnApiError(asked, response.status, notJson(response.headers));
  }
  let body: unknown;
  try {
    body = text === '' ? undefined : parse(text);
  } catch {
    throw new NotAnApiError(asked, response.status, 'broken JSON');
  }
  if (!fitting(body)) throw new NotAnApiError(asked, response.status, 'what a KernelCI API would not answer');
  return body;
}

/** What a refusal says, whether it comes from the API or from something in front of it. */
export function refusal(asked: Asked, response: Response, text: string): ApiError {
  const { status, statusText, headers } = response;
  const said = isJson(headers) ? reasonIn(text) : plainReason(headers, text);
  return new ApiError({ ...asked, status, statusText, headers, ...said });
}

function reasonIn(text: string): { detail?: string; problems?: Problem[]; body?: unknown } {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return {};
  }
  if (typeof body !== 'object' || body === null) return { body };
  const { detail, error, message } = body as Record<string, unknown>;
  if (Array.isArray(detail)) return { problems: detail.filter(isProblem), body };
  const reason = [detail, error, message].find((value) => typeof value === 'string');
  return reason === undefined ? { body } : { detail: reason.slice(0, EXCERPT_MAX), body };
}

function plainReason(headers: Headers, text: string): { detail?: string } {
  const type = mediaType(headers);
  if (type !== 'text/plain' || text === '') return {};
  return { detail: text.slice(0, EXCERPT_MAX).trim() };
}

function isProblem(value: unknown): value is Problem {
  if (typeof value !== 'object' || value === null) return false;
  const { loc, msg } = value as Record<string, unknown>;
  return Array.isArray(loc) && typeof msg === 'string';
}

/** Without its parameters; empty without one. */
export function mediaType(headers: Headers): string {
  return (headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

export function isJson(headers: Headers): boolean {
  const type = mediaType(headers);
  return type === 'application/json' || type.endsWith('+json');
}

/** What came instead, for messages. */
export function notJson(headers: Headers): string {
  return `${mediaType(headers) || 'something'} instead of JSON`;
}
