import type { Transport } from '../http/transport.ts';

/** Texts that services keep by key, in namespaces. All accounts share them. */
export function kvNoun(transport: Transport) {
  const path = (namespace: string, key: string) => ['kv', namespace, key];
  return {
    /** Null when the key has no value. */
    get: (namespace: string, key: string) =>
      transport.body<string | null>({
        method: 'GET',
        path: path(namespace, key),
        shape: (body) => body === null || typeof body === 'string',
      }),
    set: (namespace: string, key: string, value: string) =>
      transport.body<string>({
        method: 'POST',
        path: path(namespace, key),
        json: value,
        repeatable: true,
        shape: (body) => body === 'OK',
      }),
    /** Also when it has none. */
    delete: (namespace: string, key: string) =>
      transport.body<string>({ method: 'DELETE', path: path(namespace, key) }),
  };
}
