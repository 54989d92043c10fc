import type { Query } from '../paging.ts';
import type { Shape } from '../shapes.ts';
import type { ParseJson } from './answer.ts';

const SECOND = 1000;
const TIMEOUT = 60 * SECOND;

export interface TransportOptions {
  /** Where the API is, without the version: `https://api.example.org/`. */
  baseUrl: string;
  /** Default `latest`. */
  version?: string;
  /** Sent as bearer token with every request that is not public. */
  token?: string | undefined;
  /** For one attempt, reading the answer included; of a stream, for each part of it. Default 60 seconds. */
  timeoutMs?: number;
  userAgent?: string;
  /** Default: the global `fetch`. */
  fetch?: typeof fetch;
  /** Default: `JSON.parse`. */
  parseJson?: ParseJson;
  /** Gets the text of each `Warning` header. */
  onWarning?: (text: string) => void;
}

export interface RequestSpec {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Parts below the version; empty for the root. */
  path: readonly string[];
  query?: Query;
  headers?: Readonly<Record<string, string | undefined>>;
  /** `RawJson` is sent as it is written. */
  json?: unknown;
  form?: Record<string, string | undefined>;
  /** No token is sent. */
  public?: boolean;
  /**
   * Whether it may be sent again when that may help; default: a GET. Something else may, if the API does not carry it
   * out twice.
   */
  repeatable?: boolean;
  /** The answer may take so much longer than others: the API waits for something to happen. */
  waitMs?: number;
  /** Ends it. */
  signal?: AbortSignal | undefined;
  shape?: Shape;
}

export function timeoutOf({ timeoutMs }: TransportOptions, { waitMs = 0 }: RequestSpec): number {
  return (timeoutMs ?? TIMEOUT) + waitMs;
}
