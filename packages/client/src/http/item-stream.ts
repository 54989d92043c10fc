import { NotAnApiError } from '../errors.ts';
import { isJson, notJson } from './answer.ts';
import { ArraySplitter } from './array-splitter.ts';
import { failureOf, type Opened, open } from './exchange.ts';
import { type RequestSpec, type TransportOptions, timeoutOf } from './request.ts';
import { retry } from './retry.ts';

/**
 * The items of an answer that is a JSON array, parsed while they arrive: an answer may be larger than memory. Ending
 * the loop over them early ends the request.
 */
export async function* streamItems(
  options: TransportOptions,
  spec: RequestSpec,
  url: string,
): AsyncGenerator<unknown, void, undefined> {
  const patience = new Patience(timeoutOf(options));
  try {
    const { asked, response } = await retry(() => open(options, spec, url, patience.begin()));
    const wrong = (what: string) => new NotAnApiError(asked, response.status, what);
    if (!isJson(response.headers)) throw wrong(notJson(response.headers));
    const splitter = new ArraySplitter();
    for await (const text of texts(options, { asked, response }, patience)) {
      for (const item of splitter.push(text)) yield parsed(options, item, () => wrong('broken JSON'));
      if (splitter.broken) throw wrong('what a KernelCI API would not answer');
    }
    if (!splitter.ended) throw wrong('broken JSON');
  } finally {
    patience.end();
  }
}

function parsed(options: TransportOptions, text: string, wrong: () => Error): unknown {
  try {
    return (options.parseJson ?? JSON.parse)(text);
  } catch {
    throw wrong();
  }
}

async function* texts(
  options: TransportOptions,
  { asked, response }: Opened,
  patience: Patience,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  try {
    for await (const bytes of response.body ?? []) {
      // However long the reader takes is no fault of the server.
      patience.pause();
      yield decoder.decode(bytes, { stream: true });
      patience.renew();
    }
    yield decoder.decode();
  } catch (error) {
    throw failureOf(error, options, asked);
  }
}

/** Ends a request from which nothing has come for too long. */
class Patience {
  readonly #ms: number;
  #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number) {
    this.#ms = ms;
  }

  begin(): AbortSignal {
    this.#controller = new AbortController();
    this.renew();
    return this.#controller.signal;
  }

  renew(): void {
    this.pause();
    const controller = this.#controller;
    this.#timer = setTimeout(
      () => controller.abort(new DOMException('nothing came', 'TimeoutError')),
      this.#ms,
    );
  }

  pause(): void {
    clearTimeout(this.#timer);
  }

  end(): void {
    this.pause();
    this.#controller.abort();
  }
}
