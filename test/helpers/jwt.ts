import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';

type Claims = Record<string, unknown>;

const HASHES: Record<string, string> = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' };

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A JSON Web Token signed with a secret, or, for any algorithm that is not HS256, HS384 or HS512, not at all. */
export function makeJwt(claims: Claims, secret: string, header: Claims = {}): string {
  const full = { alg: 'HS256', typ: 'JWT', ...header };
  const signed = `${encode(full)}.${encode(claims)}`;
  const hash = HASHES[String(full.alg)];
  const signature = hash === undefined ? '' : createHmac(hash, secret).update(signed).digest('base64url');
  return `${signed}.${signature}`;
}

/** A token signed with a private key that nobody else has. */
export function makeRsaJwt(claims: Claims): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const signed = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${signed}.${createSign('sha256').update(signed).sign(privateKey, 'base64url')}`;
}

/** What a token says, whoever signed it. */
export function readJwt<T = Claims>(token: string): T {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as T;
}

/** What the tokens of the server that came before say, valid for an hour from now. */
export function olderClaims(userId: string): Claims {
  return { sub: userId, aud: ['fastapi-users:auth'], exp: Math.floor(Date.now() / 1000) + 3600 };
}
