export interface CallOptions {
  token?: string;
  /** Sent as JSON; `null` is sent as `null`. */
  json?: unknown;
  /** Sent as `application/x-www-form-urlencoded`. */
  form?: Record<string, string>;
  /** Sent as it is, without a Content-Type unless `headers` has one. */
  raw?: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
}

export interface CallResult<Body> {
  status: number;
  headers: Headers;
  /** The parsed answer when it is JSON, else undefined. */
  body: Body;
  text: string;
}

/**
 * Sends one request and reads the whole answer; redirects are not followed.
 * @param path with its leading slash, sent as written; the caller knows the answer's shape and names it
 */
export async function call<Body = unknown>(
  server: { url: string },
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<CallResult<Body>> {
  const headers = new Headers(options.headers);
  if (options.token !== undefined) headers.set('Authorization', `Bearer ${options.token}`);
  if (options.json !== undefined && !headers.has('Content-Type'))
    headers.set('Content-Type', 'application/json');
  const response = await fetch(server.url + path, {
    method,
    headers,
    body: bodyOf(options),
    redirect: 'manual',
  });
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').includes('json');
  return {
    status: response.status,
    headers: response.headers,
    body: (isJson && text !== '' ? JSON.parse(text) : undefined) as Body,
    text,
  };
}

function bodyOf(options: CallOptions): string | URLSearchParams | Blob | null {
  if (options.json !== undefined) return JSON.stringify(options.json);
  if (options.form !== undefined) return new URLSearchParams(options.form);
  // A Blob without a type keeps fetch from adding a Content-Type of its own.
  if (options.raw !== undefined) return new Blob([options.raw]);
  return null;
}

/**
 * Logs in with a password.
 * @returns the access token
 * @throws Error when the server refuses
 */
export async function login(server: { url: string }, username: string, password: string): Promise<string> {
  const answer = await call<{ access_token?: string } | undefined>(server, 'POST', '/latest/user/login', {
    form: { username, password },
  });
  const token = answer.body?.access_token;
  if (answer.status !== 200 || token === undefined) {
    throw new Error(`login of ${username} answers ${answer.status}: ${answer.text}`);
  }
  return token;
}
