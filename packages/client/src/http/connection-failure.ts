import { ConnectionError, type ConnectionFailure } from '../errors.ts';

const KINDS: Record<string, [kind: ConnectionFailure, reason: string]> = {
  ECONNREFUSED: ['refused', 'connection refused'],
  ENOTFOUND: ['dns', 'the host name is unknown'],
  EAI_AGAIN: ['dns', 'the host name cannot be resolved at present'],
  ECONNRESET: ['reset', 'the connection was closed before an answer came'],
  EPIPE: ['reset', 'the connection was closed before an answer came'],
  UND_ERR_SOCKET: ['reset', 'the connection was closed before an answer came'],
  ETIMEDOUT: ['timeout', 'no connection in time'],
  UND_ERR_CONNECT_TIMEOUT: ['timeout', 'no connection in time'],
  UND_ERR_HEADERS_TIMEOUT: ['timeout', 'no answer in time'],
  UND_ERR_BODY_TIMEOUT: ['timeout', 'the answer did not come in time'],
  EHOSTUNREACH: ['unreachable', 'the host cannot be reached'],
  ENETUNREACH: ['unreachable', 'the network cannot be reached'],
  EADDRNOTAVAIL: ['unreachable', 'the address cannot be reached'],
  ERR_SSL_WRONG_VERSION_NUMBER: ['tls', 'the server does not speak TLS: is it http instead of https?'],
  ERR_SSL_PACKET_LENGTH_TOO_LONG: ['tls', 'the server does not speak TLS: is it http instead of https?'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['tls', 'the certificate is for another host'],
  CERT_HAS_EXPIRED: ['tls', 'the certificate has expired'],
  CERT_NOT_YET_VALID: ['tls', 'the certificate is not valid yet'],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['tls', 'the certificate is self-signed and not trusted'],
  SELF_SIGNED_CERT_IN_CHAIN: ['tls', 'the certificate comes from an authority that is not trusted'],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['tls', 'the certificate comes from an authority that is not trusted'],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['tls', 'the certificate comes from an authority that is not trusted'],
};

/** Says why `fetch`, or reading its answer, failed. */
export function connectionFailure(
  error: unknown,
  request: { method: string; url: string },
  timeoutMs: number,
): ConnectionError {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return new ConnectionError('timeout', `no answer within ${timeoutMs / 1000} s`, request, {
      cause: error,
    });
  }
  const { code, message } = deepestCause(error);
  const known = code === undefined ? undefined : KINDS[code];
  if (known !== undefined) return new ConnectionError(...known, request, { cause: error, code });
  const kind = code !== undefined && /CERT|SSL|TLS/.test(code) ? 'tls' : 'other';
  return new ConnectionError(kind, message, request, { cause: error, code });
}

/** Follows causes and, of several addresses that were tried, takes the first. */
function deepestCause(error: unknown): { code: string | undefined; message: string } {
  let current = error;
  for (;;) {
    if (!(current instanceof Error)) return { code: undefined, message: String(current) };
    const deeper = current instanceof AggregateError ? current.errors[0] : current.cause;
    if (deeper === undefined || deeper === null) break;
    current = deeper;
  }
  const { code } = current as NodeJS.ErrnoException;
  return { code: typeof code === 'string' ? code : undefined, message: current.message };
}
