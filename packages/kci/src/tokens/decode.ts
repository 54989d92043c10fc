/** What a token says about itself. */
export interface Claims {
  [claim: string]: unknown;
  sub?: string;
  /** Epoch seconds. */
  exp?: number;
  iat?: number;
  /** The id under which the API has registered it; absent in tokens that carry all rights of the account. */
  jti?: string;
  scopes?: string[];
}

export interface DecodedToken {
  header: string;
  claims: string;
}

/**
 * The two readable parts of a token, as JSON text. Nothing is verified: only the API can do that.
 * @returns undefined when it is not a JWT
 */
export function tokenParts(token: string): DecodedToken | undefined {
  const parts = token.split('.');
  const [header, claims] = parts.slice(0, 2).map(jsonObjectText);
  return parts.length === 3 && header !== undefined && claims !== undefined ? { header, claims } : undefined;
}

/** @returns undefined when it is not a JWT; claims of another type than expected are left out */
export function decodeToken(token: string): Claims | undefined {
  const parts = tokenParts(token);
  if (parts === undefined) return undefined;
  const all = JSON.parse(parts.claims) as Record<string, unknown>;
  const { sub, exp, iat, jti, scopes, ...others } = all;
  return {
    ...others,
    ...(typeof sub === 'string' ? { sub } : {}),
    ...(isTime(exp) ? { exp } : {}),
    ...(isTime(iat) ? { iat } : {}),
    ...(typeof jti === 'string' ? { jti } : {}),
    ...(Array.isArray(scopes) ? { scopes: scopes.filter((scope) => typeof scope === 'string') } : {}),
  };
}

/** A time that a calendar can show. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) < 8.64e12;
}

function jsonObjectText(part: string): string | undefined {
  if (!/^[\w-]+$/.test(part)) return undefined;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(part, 'base64url'));
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? text : undefined;
  } catch {
    return undefined;
  }
}
