import type { Scope } from '@kernelci/model';

export const BEARER_AUDIENCE = 'fastapi-users:auth';

/**
 * What a bearer token says. Tokens of the existing server have `sub`, `aud` and `exp` only; ours add `jti` (the id
 * under which they are registered), `gen` (the user's token generation) and, for people who look, `scopes`.
 */
export interface BearerClaims {
  sub: string;
  aud: string[];
  exp?: number;
  iat?: number;
  jti?: string;
  gen?: number;
  scopes?: Scope[];
}

/** The mailed tokens, each for one purpose; `ver` is the user's credentials version. */
export interface MailedClaims {
  sub: string;
  email: string;
  purpose: MailedPurpose;
  ver?: number;
  iat: number;
  exp: number;
}

export type MailedPurpose = 'invite' | 'verify' | 'reset';
