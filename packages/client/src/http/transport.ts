import { type ParseJson, successBody } from './answer.ts';
import { failureOf, open } from './exchange.ts';
import { streamItems } from './item-stream.ts';
import { type StreamPart, streamMessages } from './message-stream.ts';
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
  /** What one connection to a stream of server-sent events tells. */
  messages(spec: RequestSpec): AsyncGenerator<StreamPart, void, undefined>;
  /** Parses JSON within an answer as answers are parsed. */
  parseJson: ParseJson;
}

const parserOf = (options: TransportOptions): ParseJson => options.parseJson ?? JSON.parse;

export function createTransport(options: TransportOptions): Transport {
  const url = apiUrl(options.baseUrl, options.version ?? 'latest');
  if (options.token !== undefined && !/^[\x21-\x7e]+$/.test(options.token)) {
    throw new TypeError('a token is one word of printable ASCII characters');
  }
  const send = async <T>(spec: RequestSpec): Promise<Answer<T>> => {
    const target = requestUrl(url, spec.path, spec.query);
    const attempt = () => exchange(options, spec, target);
    const mayRepeat = spec.repeatable ?? spec.method === 'GET';
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
    messages: (spec) => streamMessages(options, spec, requestUrl(url, spec.path, spec.query)),
    parseJson: parserOf(options),
  };
}

async function exchange(options: TransportOptions, spec: RequestSpec, url: string): Promise<Answer<unknown>> {
  const timeoutMs = timeoutOf(options, spec);
  const { asked, response } = await open(options, spec, url, AbortSignal.timeout(timeoutMs));
  const { headers, status } = response;
  const text = await response.text().catch((error: unknown) => {
    throw failureOf(error, timeoutMs, asked);
  });
  if (status === 304) return { body: undefined, headers };
  return { body: successBody(asked, response, text, parserOf(options), spec.shape), headers };
}
