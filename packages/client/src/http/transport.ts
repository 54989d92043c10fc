import { type ParseJson, successBody } from './answer.ts';
import { failureOf, open } from './exchange.ts';
import { streamItems } from './item-stream.ts';
import { type RequestSpec, type TransportOptions, timeoutOf } from './request.ts';
import { retry } from './retry.ts';
import { apiUrl, requestUrl } from './url.ts';

export type { RequestSpec, TransportOptions } from './request.ts';

export interface Answer<T> {
  /** Undefined when there is none: 204, and 304 for a request with If-None-Match. */
  body: T;
  headers: Headers;
}

export interface Transport {
  url: string;
  /** Sends one request and answers with its parsed body, whose shape the caller knows. */
  send<T>(spec: RequestSpec): Promise<Answer<T>>;
  /** Like `send`, for those who need the body only. */
  body<T>(spec: RequestSpec): Promise<T>;
  /** The items of an answer that is an array, while they arrive. */
  items<T>(spec: RequestSpec): AsyncGenerator<T, void, undefined>;
}

export function createTransport(options: TransportOptions): Transport {
  const url = apiUrl(options.baseUrl, options.version ?? 'latest');
  if (options.token !== undefined && !/^[\x21-\x7e]+$/.test(options.token)) {
    throw new TypeError('a token is one word of printable ASCII characters');
  }
  const send = async <T>(spec: RequestSpec): Promise<Answer<T>> => {
    const target = requestUrl(url, spec.path, spec.query);
    const attempt = () => exchange(options, spec, target);
    const mayRepeat = spec.method === 'GET' || spec.repeatable === true;
    const answer = await (mayRepeat ? retry(attempt) : attempt());
    return answer as Answer<T>;
  };
  return {
    url,
    send,
    body: async <T>(spec: RequestSpec) => (await send<T>(spec)).body,
    items: <T>(spec: RequestSpec) =>
      streamItems(options, spec, requestUrl(url, spec.path, spec.query)) as AsyncGenerator<
        T,
        void,
        undefined
      >,
  };
}

async function exchange(options: TransportOptions, spec: RequestSpec, url: string): Promise<Answer<unknown>> {
  const { asked, response } = await open(options, spec, url, AbortSignal.timeout(timeoutOf(options)));
  const { headers, status } = response;
  const text = await response.text().catch((error: unknown) => {
    throw failureOf(error, options, asked);
  });
  if (status === 304) return { body: undefined, headers };
  const parse: ParseJson = options.parseJson ?? JSON.parse;
  return { body: successBody(asked, response, text, parse, spec.shape), headers };
}
