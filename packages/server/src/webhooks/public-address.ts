import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** What of IPv6 has been given out to be used by anybody. */
const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3') as [ipaddr.IPv6, number];

/** Whether the address is one of the public internet, and neither of a range with a meaning of its own. */
export function isPublicAddress(address: string): boolean {
  // Sockets take short and octal forms for names.
  if (isIP(address) === 0) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed instanceof ipaddr.IPv6 ? parsed.match(GLOBAL_IPV6) : true;
}

/** The host of an address as sockets want it: without the brackets of IPv6. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');

/** Names that mean this machine wherever they are looked up. */
export const isLocalName = (host: string): boolean => /^(.*\.)?localhost\.?$/i.test(host);

/** Whether it can be seen from the host alone that it is not public. */
export const isPlainlyPrivate = (host: string): boolean =>
  isIP(host) === 0 ? isLocalName(host) : !isPublicAddress(host);
