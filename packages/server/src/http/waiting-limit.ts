import { isIPv6 } from 'node:net';
import type { FastifyRequest } from 'fastify';
import type { Authenticator } from '../domain/access/authenticator.ts';
import { DomainError } from '../errors.ts';

const RETRY_SECONDS = 10;
const MAPPED = '::ffff:';

/** What connections are counted by: of IPv6 the network, as anybody has a whole one. */
function keyOf(address: string): string {
  if (!isIPv6(address)) return address;
  if (address.toLowerCase().startsWith(MAPPED)) return address.slice(MAPPED.length);
  const [before = '', behind] = address.split('::');
  const first = before === '' ? [] : before.split(':');
  const last = behind === undefined || behind === '' ? [] : behind.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => '0');
  return [...first, ...zeros, ...last].slice(0, 4).join(':');
}

/** Bounds how many connections of people whom nobody knows wait at once. */
export class WaitingLimit {
  readonly #authenticator: Authenticator;
  readonly #limits: { all: number; perAddress: number };
  readonly #byAddress = new Map<string, number>();
  #all = 0;

  constructor(options: { authenticator: Authenticator; all: number; perAddress: number }) {
    this.#authenticator = options.authenticator;
    this.#limits = options;
  }

  /** How many are counted at the moment. */
  get size(): number {
    return this.#all;
  }

  /**
   * Counts the request, unless it brings a valid token, until the answered function is called. Throws `throttled`
   * when too many wait already.
   */
  async enter(request: FastifyRequest): Promise<() => void> {
    if (await this.#isKnown(request.headers.authorization)) return () => undefined;
    const key = keyOf(request.ip);
    const own = this.#byAddress.get(key) ?? 0;
    if (own >= this.#limits.perAddress) throw this.#refusal('from your address');
    if (this.#all >= this.#limits.all) throw this.#refusal('without a token');
    this.#byAddress.set(key, own + 1);
    this.#all += 1;
    return () => this.#leave(key);
  }

  #leave(key: string): void {
    this.#all -= 1;
    const left = (this.#byAddress.get(key) ?? 1) - 1;
    if (left === 0) this.#byAddress.delete(key);
    else this.#byAddress.set(key, left);
  }

  async #isKnown(header: string | undefined): Promise<boolean> {
    if (header === undefined) return false;
    try {
      await this.#authenticator.authenticate(header);
      return true;
    } catch (error) {
      if (error instanceof DomainError) return false;
      throw error;
    }
  }

  #refusal(which: string): DomainError {
    const message = `Too many connections ${which} wait already; requests with a token are not limited`;
    return new DomainError('throttled', message, { retryAfter: RETRY_SECONDS });
  }
}
