import { type Client, type ClientOptions, createClient } from '@kernelci/client';
import { KciError } from './errors.ts';
import { parseJson } from './output/json-source.ts';
import type { Api } from './settings/apis.ts';
import type { ChosenToken } from './settings/secrets.ts';
import { kciVersion } from './version.ts';

/** Where requests go, and with which token. */
export interface Access {
  api: Api;
  token: ChosenToken | undefined;
}

/** @throws KciError when the configured address or token cannot be used */
export function makeClient({ api, token }: Access, extra: Partial<ClientOptions>): Client {
  try {
    return createClient({
      baseUrl: api.url,
      version: api.version,
      token: token?.token,
      timeoutMs: api.timeoutMs,
      userAgent: `kci/${kciVersion()}`,
      parseJson,
      ...extra,
    });
  } catch (error) {
    if (error instanceof TypeError) throw new KciError(error.message, `the address comes from ${api.from}`);
    throw error;
  }
}
