import type { Transport } from '../http/transport.ts';

export function rootNoun(transport: Transport) {
  return {
    /** The API's greeting; public. */
    hello: () => transport.body<{ message: string }>({ method: 'GET', path: [], public: true }),
  };
}
