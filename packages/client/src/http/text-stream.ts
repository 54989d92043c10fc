import { failureOf, type Opened } from './exchange.ts';

/**
 * The text of an answer while it arrives.
 * @throws ConnectionError when it breaks off, or nothing has come for too long
 */
export async function* texts(
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
    throw failureOf(error, patience.ms, asked);
  }
}

/** Ends a request from which nothing has come for too long. */
export class Patience {
  readonly ms: number;
  #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number) {
    this.ms = ms;
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
      this.ms,
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
