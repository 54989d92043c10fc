import type { Page } from '@kernelci/model';
import type { Transport } from '../http/transport.ts';
import { type PageOptions, pageQuery } from '../paging.ts';
import { isFeedGroup, isPage } from '../shapes.ts';
import type { FeedEntry, FeedStart } from './feed-question.ts';

export interface FeedGroupBody {
  channel?: string | undefined;
  /** Conditions as query parameters: `{"kind": "job"}`. */
  filter?: Readonly<Record<string, string>> | undefined;
  /** After so long without an acknowledgement an entry is delivered again; default 60. */
  visibility_seconds?: number | undefined;
  /** After so many deliveries an entry is put aside; default 10. */
  max_deliveries?: number | undefined;
  /** Counts at the creation only; default `latest`. */
  start?: FeedStart | undefined;
}

export interface FeedGroup {
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

export interface ClaimedEntry extends FeedEntry {
  /** 1: the first time. */
  delivery_count: number;
}

export interface DeadEntry extends ClaimedEntry {
  worker: string | null;
  died: string;
}

export interface ClaimOptions {
  /** At most so many entries, 1 to 1000; default 10. */
  limit?: number | undefined;
  /** Seconds to wait for an entry when there is none, up to 60; default 0. */
  wait?: number | undefined;
  /** Who claims, for the list of dead entries. */
  worker?: string | undefined;
  signal?: AbortSignal | undefined;
}

export interface Claim {
  items: ClaimedEntry[];
  /** Entries that were removed before anybody claimed them. */
  missed: number;
}

/** Groups of workers: each entry of the feed goes to one worker, who acknowledges it. For who may use events. */
export function feedGroupsNoun(transport: Transport) {
  const path = (name: string, ...rest: string[]) => ['feed', 'groups', name, ...rest];
  return {
    /** Creates a group, or changes the settings of one's own. */
    put: (name: string, body: FeedGroupBody = {}) =>
      transport.body<FeedGroup>({
        method: 'PUT',
        path: path(name),
        json: body,
        repeatable: true,
        shape: isFeedGroup,
      }),
    /** One's own; for admins, all. */
    list: (page: PageOptions = {}) =>
      transport.body<Page<FeedGroup>>({
        method: 'GET',
        path: ['feed', 'groups'],
        query: pageQuery(page),
        shape: isPage,
      }),
    get: (name: string) => transport.body<FeedGroup>({ method: 'GET', path: path(name), shape: isFeedGroup }),
    delete: (name: string) => transport.body<undefined>({ method: 'DELETE', path: path(name) }),
    /** Takes entries that no other worker has at present; they have to be acknowledged in time. */
    claim: (name: string, { limit, wait, worker, signal }: ClaimOptions = {}) =>
      transport.body<Claim>({
        method: 'POST',
        path: path(name, 'claim'),
        json: { limit, wait, worker },
        waitMs: (wait ?? 0) * 1000,
        signal,
        shape: isPage,
      }),
    /** Answers how many of them waited for it. */
    ack: (name: string, sequenceIds: readonly number[]) =>
      transport.body<{ acknowledged: number }>({
        method: 'POST',
        path: path(name, 'ack'),
        json: { sequence_ids: sequenceIds },
        repeatable: true,
      }),
    /** Gives entries back, for other workers to claim at once. */
    release: (name: string, sequenceIds: readonly number[]) =>
      transport.body<{ released: number }>({
        method: 'POST',
        path: path(name, 'release'),
        json: { sequence_ids: sequenceIds },
      }),
    /** Entries that were delivered too often without an acknowledgement. */
    dead: (name: string, page: PageOptions = {}) =>
      transport.body<Page<DeadEntry>>({
        method: 'GET',
        path: path(name, 'dead'),
        query: pageQuery(page),
        shape: isPage,
      }),
    /** Has them delivered again; all when no ids are given. */
    retryDead: (name: string, sequenceIds?: readonly number[]) =>
      transport.body<{ retried: number }>({
        method: 'POST',
        path: path(name, 'dead', 'retry'),
        json: { sequence_ids: sequenceIds },
      }),
  };
}
