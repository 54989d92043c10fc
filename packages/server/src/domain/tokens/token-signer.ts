import { isId, SECOND } from '@kernelci/model';
import { type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.ts';
import { BEARER_AUDIENCE, type BearerClaims, type MailedClaims, type MailedPurpose } from './token-claims.ts';

const VERIFIED_KEPT = 10_000;
/** Longer than any token that was ever issued; nothing longer is looked at. */
const TOKEN_MAX_LENGTH = 8192;

export interface SignerOptions {
  secretKey: string;
  unifiedSecret: string | undefined;
  algorithm: 'HS256' | 'HS384' | 'HS512';
  clock: Clock;
}

/** Signs with the secret key; verifies with it and, for bearer tokens, with the unified secret after it. */
export class TokenSigner {
  readonly #keys: Uint8Array[];
  readonly #algorithm: string;
  readonly #clock: Clock;
  readonly #verified = new LRUCache<string, BearerClaims>({ max: VERIFIED_KEPT });

  constructor(options: SignerOptions) {
    const secrets = [
      options.secretKey,
      ...(options.unifiedSecret === undefined ? [] : [options.unifiedSecret]),
    ];
    this.#keys = secrets.map((secret) => new TextEncoder().encode(secret));
    this.#algorithm = options.algorithm;
    this.#clock = options.clock;
  }

  sign(claims: BearerClaims | MailedClaims): Promise<string> {
    return new SignJWT({ ...claims } as JWTPayload)
      .setProtectedHeader({ alg: this.#algorithm, typ: 'JWT' })
      .sign(this.#keys[0] as Uint8Array);
  }

  /** The claims of a bearer token that is signed by us and not expired; undefined for anything else. */
  async verifyBearer(token: string): Promise<BearerClaims | undefined> {
    if (token.length > TOKEN_MAX_LENGTH) return undefined;
    const claims = this.#verified.get(token) ?? (await this.#verifyBearerAnew(token));
    if (claims?.exp !== undefined && claims.exp * SECOND <= this.#clock()) return undefined;
    return claims;
  }

  /** The claims of a mailed token for the purpose, signed by us and not expired; undefined for anything else. */
  async verifyMailed(token: string, purpose: MailedPurpose): Promise<MailedClaims | undefined> {
    const payload = await this.#verify(token, this.#keys.slice(0, 1));
    if (payload?.purpose !== purpose || payload.exp === undefined) return undefined;
    if (!isId(payload.sub ?? '') || typeof payload.email !== 'string') return undefined;
    return payload as unknown as MailedClaims;
  }

  async #verifyBearerAnew(token: string): Promise<BearerClaims | undefined> {
    const payload = await this.#verify(token, this.#keys);
    const audience = [payload?.aud ?? []].flat();
    if (!payload || !audience.includes(BEARER_AUDIENCE) || !isId(payload.sub ?? '')) return undefined;
    const claims = { ...payload, sub: (payload.sub as string).toLowerCase(), aud: audience } as BearerClaims;
    this.#verified.set(token, claims);
    return claims;
  }

  async #verify(token: string, keys: readonly Uint8Array[]): Promise<JWTPayload | undefined> {
    for (const key of keys) {
      try {
        const options = { algorithms: [this.#algorithm], currentDate: new Date(this.#clock()) };
        return (await jwtVerify(token, key, options)).payload;
      } catch {
        // Not signed with this key, expired or no token at all: one answer for all.
      }
    }
    return undefined;
  }
}
