import type { Scope } from '@kernelci/model';
import { unauthorized } from '../../errors.ts';
import type { Clock } from '../clock.ts';
import type { BearerClaims } from '../tokens/token-claims.ts';
import type { TokenSigner } from '../tokens/token-signer.ts';
import { type AccessCache, LAST_USED_GRAIN_MS } from './access-cache.ts';
import { ALL_SCOPES, type Principal } from './principal.ts';

const ALL: ReadonlySet<Scope> = new Set(ALL_SCOPES);

/** Tells who a request comes from by its Authorization header. */
export class Authenticator {
  readonly #signer: TokenSigner;
  readonly #cache: AccessCache;
  readonly #clock: Clock;
  readonly #uses = new Map<string, number>();

  constructor(options: { signer: TokenSigner; cache: AccessCache; clock: Clock }) {
    this.#signer = options.signer;
    this.#cache = options.cache;
    this.#clock = options.clock;
  }

  /** Throws `unauthorized` unless the header carries a valid token of an active account. */
  async authenticate(header: string | undefined): Promise<Principal> {
    const token = /^bearer +(\S+) *$/i.exec(header ?? '')?.[1];
    const claims = token === undefined ? undefined : await this.#signer.verifyBearer(token);
    if (claims === undefined) throw unauthorized();
    const account = await this.#cache.account(claims.sub);
    if (!account?.isActive || (claims.gen ?? 0) !== account.tokenGeneration) throw unauthorized();
    if (claims.jti === undefined || claims.scopes === undefined) {
      return { account, tokenId: null, scopes: ALL };
    }
    return { account, tokenId: claims.jti, scopes: await this.#registeredScopes(claims, claims.jti) };
  }

  /** The uses noted since the last call: token ids with moments. */
  takeUses(): ReadonlyMap<string, number> {
    const uses = new Map(this.#uses);
    this.#uses.clear();
    return uses;
  }

  async #registeredScopes(claims: BearerClaims, id: string): Promise<ReadonlySet<Scope>> {
    const token = await this.#cache.token(id);
    if (token === undefined || token.userId !== claims.sub) throw unauthorized();
    const now = this.#clock();
    if (now - (token.lastUsed ?? 0) >= LAST_USED_GRAIN_MS) {
      token.lastUsed = now;
      this.#uses.set(id, now);
    }
    return token.scopes;
  }
}
