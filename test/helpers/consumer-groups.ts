import assert from 'node:assert/strict';
import type { FeedEntry } from './feed.ts';
import { type CallResult, call } from './http.ts';

interface At {
  url: string;
}

export interface ConsumerGroup {
  name: string;
  owner: string;
  channel: string | null;
  filter: Record<string, string>;
  visibility_seconds: number;
  max_deliveries: number;
  created: string;
  position: number;
  lag: number;
  pending: number;
  dead: number;
}

export type ClaimedEntry = FeedEntry & { delivery_count: number };
export type DeadLetter = ClaimedEntry & { worker: string | null; died: string };

export interface Claimed {
  items: ClaimedEntry[];
  missed: number;
}

/** Requests about one consumer group, in the name of one account. */
export function groupClient(server: At, token: string, name: string) {
  const path = `/latest/feed/groups/${encodeURIComponent(name)}`;
  const send = <Body>(method: string, rest = '', json?: unknown): Promise<CallResult<Body>> =>
    call<Body>(server, method, path + rest, { token, ...(json === undefined ? {} : { json }) });
  const done = async <Body>(...request: Parameters<typeof send>): Promise<Body> => {
    const { status, body, text } = await send<Body>(...request);
    assert.equal(status, 200, text);
    return body;
  };
  return {
    send,
    put: (json: unknown = {}) => done<ConsumerGroup>('PUT', '', json),
    get: () => done<ConsumerGroup>('GET'),
    claim: (json?: unknown) => done<Claimed>('POST', '/claim', json),
    ack: async (sequence_ids: number[]) =>
      (await done<{ acknowledged: number }>('POST', '/ack', { sequence_ids })).acknowledged,
    release: async (sequence_ids: number[]) =>
      (await done<{ released: number }>('POST', '/release', { sequence_ids })).released,
    dead: (query = '') => done<{ items: DeadLetter[]; total: number }>('GET', `/dead${query}`),
    retry: async (json?: unknown) => (await done<{ retried: number }>('POST', '/dead/retry', json)).retried,
  };
}

export type GroupClient = ReturnType<typeof groupClient>;

export const idsOf = (items: readonly FeedEntry[]): number[] => items.map(({ sequence_id }) => sequence_id);
