import type { Problem } from '@kernelci/model';

export interface ApiErrorFields {
  status: number;
  statusText: string;
  method: string;
  url: string;
  headers: Headers;
  detail?: string | undefined;
  problems?: Problem[];
  body?: unknown;
}

/** The API, or something in front of it, refused a request. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly statusText: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  /** What the server says; undefined when it says nothing, or lists problems instead. */
  readonly detail: string | undefined;
  /** What is wrong with which field, when the server says so (422). */
  readonly problems: readonly Problem[];
  /** The whole refusal, for what else it tells; undefined when it is not JSON. */
  readonly body: unknown;

  constructor(fields: ApiErrorFields) {
    const problems = fields.problems ?? [];
    const reason = fields.detail ?? problems.map(describeProblem).join('; ');
    const status = `${fields.status} ${fields.statusText}`.trim();
    super(`${status} for ${fields.method} ${fields.url}${reason === '' ? '' : `: ${reason}`}`);
    this.status = fields.status;
    this.statusText = fields.statusText;
    this.method = fields.method;
    this.url = fields.url;
    this.headers = fields.headers;
    this.detail = fields.detail;
    this.problems = problems;
    this.body = fields.body;
  }

  /** Seconds that the server asks to wait before the next try; undefined when it does not say. */
  get retryAfter(): number | undefined {
    const value = this.headers.get('retry-after');
    if (value === null) return undefined;
    const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
    return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : undefined;
  }
}

/** Why no answer came. */
export type ConnectionFailure =
  | 'refused'
  | 'timeout'
  | 'tls'
  | 'dns'
  | 'reset'
  | 'unreachable'
  | 'redirect'
  | 'other';

/** No answer came: the connection failed or broke. The request may or may not have been carried out. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  readonly kind: ConnectionFailure;
  readonly method: string;
  readonly url: string;
  /** The system's code, such as ECONNREFUSED or DEPTH_ZERO_SELF_SIGNED_CERT. */
  readonly code: string | undefined;

  constructor(
    kind: ConnectionFailure,
    reason: string,
    request: { method: string; url: string },
    options: { cause?: unknown; code?: string | undefined } = {},
  ) {
    super(`${request.method} ${request.url}: ${reason}`, { cause: options.cause });
    this.kind = kind;
    this.method = request.method;
    this.url = request.url;
    this.code = options.code;
  }
}

/** A success that the API would not give: a web page, a proxy's text, JSON that is broken or of another service. */
export class NotAnApiError extends Error {
  override readonly name = 'NotAnApiError';
  readonly method: string;
  readonly url: string;
  readonly status: number;

  /** @param what came, such as `text/html instead of JSON` */
  constructor(request: { method: string; url: string }, status: number, what: string) {
    super(`${request.method} ${request.url} answers ${what}`);
    this.method = request.method;
    this.url = request.url;
    this.status = status;
  }
}

/** A feed cannot be read on from a position: what followed it is no longer kept. */
export class FeedGoneError extends Error {
  override readonly name = 'FeedGoneError';
  /** Undefined when it was not known yet. */
  readonly after: number | undefined;
  /** The lowest position from which it can be read. */
  readonly oldest: number;

  constructor(after: number | undefined, oldest: number, options: { cause?: unknown } = {}) {
    const lost = after === undefined ? 'what comes next' : `what followed position ${after}`;
    super(`${lost} is no longer kept: the feed can be read from position ${oldest} on`, options);
    this.after = after;
    this.oldest = oldest;
  }
}

/** `username: too long`; the place in the request, without its part (body, query), and the reason. */
export function describeProblem(problem: Problem): string {
  const field = problem.loc.slice(problem.loc.length > 1 ? 1 : 0).join('.');
  return field === '' ? problem.msg : `${field}: ${problem.msg}`;
}
