import {
  type ClientRequest,
  Agent as HttpAgent,
  type IncomingMessage,
  request as requestHttp,
} from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { performance } from 'node:perf_hooks';
import { SECOND } from '@kernelci/model';
import { lookupWith, PrivateAddress, publicAddressesOf } from './checked-lookup.ts';
import { hostOf, isPlainlyPrivate } from './public-address.ts';
import { addressesOf } from './resolve.ts';
import { signedHeaders } from './signature.ts';

const TIMEOUT_MS = 15 * SECOND;
const IDLE_MS = 30 * SECOND;
/** How much of an answer is read before its connection is rather closed than used again. */
const ANSWER_MAX = 16 * 1024;
const ERROR_MAX = 500;

export interface Target {
  url: string;
  secret: string;
}

export interface Message {
  /** The same for each attempt. */
  id: string;
  /** A CloudEvent, JSON. */
  body: string;
}

/** What became of a request. */
export interface Sent {
  /** The answer's, when there was one. */
  status: number | null;
  /** Null when the message is delivered. */
  error: string | null;
  /** Milliseconds. */
  ms: number;
}

/** The receiver wants nothing any more. */
export const isGone = (sent: Sent): boolean => sent.status === 410;

/** Sends messages to addresses that users have named. */
export class WebhookSender {
  readonly #userAgent: string;
  readonly #allowPrivate: boolean;
  readonly #clock: () => number;
  readonly #agents: { http: HttpAgent; https: HttpsAgent };

  constructor(options: { allowPrivate: boolean; version: string; clock: () => number }) {
    this.#userAgent = `KernelCI-API/${options.version}`;
    this.#allowPrivate = options.allowPrivate;
    this.#clock = options.clock;
    const settings = {
      keepAlive: true,
      timeout: IDLE_MS,
      autoSelectFamilyAttemptTimeout: SECOND,
      lookup: lookupWith(options.allowPrivate ? addressesOf : publicAddressesOf),
    };
    this.#agents = { http: new HttpAgent(settings), https: new HttpsAgent(settings) };
  }

  /** Whether it can be seen already that nothing may be sent to the address. */
  refuses(url: URL): boolean {
    return !this.#allowPrivate && isPlainlyPrivate(hostOf(url));
  }

  /** Sends the message once. Rejects only when it is stopped; what fails otherwise is in the answer. */
  async send(target: Target, message: Message, stopped?: AbortSignal): Promise<Sent> {
    const began = performance.now();
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const signal = stopped === undefined ? timeout : AbortSignal.any([stopped, timeout]);
    const outcome = await this.#attempt(target, message, signal).catch((error: unknown) => {
      stopped?.throwIfAborted();
      return { status: null, error: signal.aborted ? 'no answer within 15 seconds' : reasonOf(error) };
    });
    return { ...outcome, ms: Math.round(performance.now() - began) };
  }

  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  async #attempt(target: Target, message: Message, signal: AbortSignal): Promise<Omit<Sent, 'ms'>> {
    const url = new URL(target.url);
    if (this.refuses(url)) throw new PrivateAddress(hostOf(url));
    const headers = {
      ...signedHeaders(target.secret, message, this.#clock()),
      'content-type': 'application/cloudevents+json',
      'user-agent': this.#userAgent,
    };
    for (;;) {
      const request = this.#request(url, headers, signal);
      try {
        const status = (await answerTo(request, message.body)).statusCode ?? 0;
        return { status, error: status >= 200 && status < 300 ? null : refusal(status) };
      } catch (error) {
        // A connection that was kept may have been closed by the receiver at this very moment.
        const stale = request.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(codeOf(error));
        if (!stale || signal.aborted) throw error;
      }
    }
  }

  #request(url: URL, headers: Record<string, string>, signal: AbortSignal): ClientRequest {
    const options = { method: 'POST', headers, signal };
    return url.protocol === 'https:'
      ? requestHttps(url, { ...options, agent: this.#agents.https })
      : requestHttp(url, { ...options, agent: this.#agents.http });
  }
}

/** Sends the body and answers with the head of the answer; little of its body is read, and none of it kept. */
function answerTo(request: ClientRequest, body: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // It stays to catch what fails once the answer has come.
    request.on('error', reject);
    request.once('response', (response) => {
      let read = 0;
      response.on('data', (chunk: Buffer) => {
        read += chunk.length;
        if (read > ANSWER_MAX) response.destroy();
      });
      response.on('error', () => undefined);
      resolve(response);
    });
    request.end(body);
  });
}

const refusal = (status: number): string =>
  `answered ${status}${status >= 300 && status < 400 ? ': redirects are not followed' : ''}`;

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

function reasonOf(error: unknown): string {
  const cause = error instanceof AggregateError ? error.errors[0] : error;
  const text = cause instanceof Error ? cause.message : String(cause);
  return (text || codeOf(cause) || 'failed').replace(/\s+/g, ' ').slice(0, ERROR_MAX);
}
