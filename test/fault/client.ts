import { Agent, type IncomingMessage, request } from 'node:http';

export interface Answer<Body> {
  status: number;
  body: Body;
}

export interface AskOptions {
  json?: unknown;
  signal?: AbortSignal;
  headers?: Record<string, string>;
}

/** A service's way of talking to the API: one connection, kept alive, to one place at a time. */
export class Client {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #places: readonly string[];
  readonly #token: string;
  #at = 0;
  /** How often a request was not answered, or refused for the moment. */
  failures = 0;

  /** @param places addresses of instances; with each failure it goes on to the next one */
  constructor(places: readonly string[], token: string) {
    this.#places = places;
    this.#token = token;
  }

  moveOn(): void {
    this.failures += 1;
    this.#at += 1;
  }

  /** Sends the request and answers as soon as the answer begins. Rejects when the connection breaks. */
  open(method: string, path: string, options: AskOptions = {}): Promise<IncomingMessage> {
    const place = this.#places[this.#at % this.#places.length];
    const body = options.json === undefined ? undefined : JSON.stringify(options.json);
    return new Promise((resolve, reject) => {
      const sent = request(`${place}/latest${path}`, {
        method,
        agent: this.#agent,
        ...(options.signal && { signal: options.signal }),
        headers: {
          authorization: `Bearer ${this.#token}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...options.headers,
        },
      });
      sent.once('error', reject).once('response', resolve).end(body);
    });
  }

  async ask<Body>(method: string, path: string, options: AskOptions = {}): Promise<Answer<Body>> {
    const response = await this.open(method, path, options);
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += chunk;
    if (!response.complete) throw new Error('the answer ended early');
    return { status: response.statusCode ?? 0, body: JSON.parse(text === '' ? 'null' : text) };
  }

  close(): void {
    this.#agent.destroy();
  }
}
