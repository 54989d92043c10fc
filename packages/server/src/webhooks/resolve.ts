import { lookup, Resolver, SERVFAIL, TIMEOUT } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isLocalName } from './public-address.ts';

const resolver = new Resolver({ timeout: 3000, tries: 2 });

/**
 * The addresses of a host. DNS is asked first, without the few threads that the system's own way takes, which one
 * name server that does not answer could hold up for all. Names that DNS does not know may be of this machine or
 * network. Throws when there is none.
 */
export async function addressesOf(host: string): Promise<string[]> {
  if (isIP(host) !== 0) return [host];
  if (isLocalName(host)) return ['127.0.0.1', '::1'];
  const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  if (found.length > 0) return found;
  for (const answer of answers) {
    if (answer.status === 'rejected' && [TIMEOUT, SERVFAIL].includes(answer.reason?.code))
      throw answer.reason;
  }
  const known = await lookup(host, { all: true });
  return known.map(({ address }) => address);
}
