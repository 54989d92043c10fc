import { isIP } from 'node:net';
import type { Config } from '../config/config.ts';
import { type Finding, good, trouble } from './finding.ts';

const isLocal = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || (isIP(host) === 4 && host.startsWith('127.'));

/** The address that links in mails and webhooks begin with. */
export function checkAddress({ http }: Config): Finding {
  const { publicBaseUrl } = http;
  if (publicBaseUrl === undefined)
    return trouble(
      `PUBLIC_BASE_URL is not set: links in mails lead to ${http.host}; set it to the address that people use`,
    );
  const { protocol, hostname } = new URL(publicBaseUrl);
  if (protocol === 'http:' && !isLocal(hostname))
    return trouble(`PUBLIC_BASE_URL is ${publicBaseUrl}: passwords travel in the clear, use https`);
  return good(`PUBLIC_BASE_URL is ${publicBaseUrl}`);
}
