import { isIP, type LookupFunction } from 'node:net';
import { isPlainlyPrivate, isPublicAddress } from './public-address.ts';
import { addressesOf } from './resolve.ts';

/** The host, or every address of it, is one to which nothing is sent. */
export class PrivateAddress extends Error {
  override readonly name = 'PrivateAddress';

  constructor(host: string) {
    super(`${host} is not on the public internet: nothing is sent there`);
  }
}

/** The addresses of the host to which something may be sent. Throws `PrivateAddress` when none is. */
export async function publicAddressesOf(host: string): Promise<string[]> {
  if (isPlainlyPrivate(host)) throw new PrivateAddress(host);
  const allowed = (await addressesOf(host)).filter(isPublicAddress);
  if (allowed.length === 0) throw new PrivateAddress(host);
  return allowed;
}

/**
 * Looks up hosts for the sockets themselves, so that what has been checked is what they connect to. Sockets do not
 * ask for hosts that are addresses already: check those before.
 */
export function lookupWith(addresses: (host: string) => Promise<string[]>): LookupFunction {
  return (host, options, done) => {
    addresses(host).then(
      (found) => {
        const all = found.map((address) => ({ address, family: isIP(address) }));
        const [first] = all;
        if (options.all) done(null, all);
        else done(null, first?.address ?? '', first?.family);
      },
      (error: NodeJS.ErrnoException) => done(error, ''),
    );
  };
}
