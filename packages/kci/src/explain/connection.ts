import { type ConnectionError, type ConnectionFailure, NotAnApiError } from '@kernelci/client';
import type { Api } from '../settings/apis.ts';
import type { Explanation } from './explanation.ts';

/** Explains why there is no answer, or none from an API. */
export function explainConnection(error: ConnectionError | NotAnApiError, api: Api | undefined): Explanation {
  const source = api === undefined ? '' : ` The address ${api.url} comes from ${api.from}.`;
  if (error instanceof NotAnApiError) {
    return {
      message: `HTTP ${error.status} for ${error.message}`,
      hint: `is this the address of a KernelCI API, without a proxy's page in between?${source}`,
    };
  }
  return { message: `no answer: ${error.message}`, hint: `${ADVICE[error.kind]}${source}` };
}

const ADVICE: Record<ConnectionFailure, string> = {
  refused: 'is the server running, and are host and port right?',
  unreachable: 'is the network up, and is the address right?',
  dns: 'is the host name spelled right?',
  timeout:
    'the server or the network is slow: try again, or set a longer timeout (in seconds) beside the url.',
  tls: 'check the address; a private authority is trusted with NODE_EXTRA_CA_CERTS=/path/to/ca.pem.',
  reset:
    'the server or a proxy closed the connection: try again; what was to be changed may be changed already.',
  redirect: 'use the address that the server names.',
  other: 'check the address.',
};
