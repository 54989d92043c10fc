import type { Factory } from '../factory.ts';
import { TOKEN_VARIABLE } from '../settings/environment.ts';
import { type ChosenToken, secretPlace } from '../settings/secrets.ts';
import { decodeToken } from '../tokens/decode.ts';
import { dateOf } from '../tokens/describe.ts';

/** Why the API does not know who asks, and how to mend it. */
export async function unauthorizedHint(factory: Factory | undefined): Promise<string | undefined> {
  const access = factory?.lastAccess;
  if (factory === undefined || access === undefined) return undefined;
  const { api, token } = access;
  if (token === undefined) {
    const place = secretPlace(await factory.settings(), api.name, 'token');
    return `no token is configured: run 'kci login', or set ${place}`;
  }
  const again = renewal(token);
  const expiry = decodeToken(token.token)?.exp;
  if (expiry !== undefined && expiry * 1000 <= Date.now()) {
    return `the token (${token.from}) expired on ${dateOf(expiry)}: ${again}`;
  }
  return `the server does not accept the token (${token.from}): it was revoked, or another server made it; ${again}`;
}

function renewal({ from, name }: ChosenToken): string {
  if (from === TOKEN_VARIABLE) return `set ${TOKEN_VARIABLE} to another, or leave it unset`;
  return name === undefined
    ? "'kci login' saves a new one"
    : `'kci user token USERNAME --save ${name}' saves a new one`;
}
