import type { ClaimAnswer, ConsumerGroup, ConsumerGroupBody, DeadLetter, Page } from '@kernelci/model';
import type { Transport } from '../http/transport.ts';
import { type PageOptions, pageQuery } from '../paging.ts';
import { isFeedGroup, isPage } from '../shapes.ts';

/** The settings of a group; what is left out gets its default. `start` counts at the creation only. */
export type ConsumerGroupSettings = {
  [Name in keyof ConsumerGroupBody]?: ConsumerGroupBody[Name] | undefined;
};

export interface ClaimOptions {
  /** At most so many entries, 1 to 1000; default 10. */
  limit?: number | undefined;
  /** Seconds to wait for an entry when there is none, up to 60; default 0. */
  wait?: number | undefined;
  /** Who claims, for the list of dead entries. */
  worker?: string | undefined;
  signal?: AbortSignal | undefined;
}

/** Groups of workers: each entry of the feed goes to one worker, who acknowledges it. For who may use events. */
export function feedGroupsNoun(transport: Transport) {
  const path = (name: string, ...rest: string[]) => ['feed', 'groups', name, ...rest];
  return {
    /** Creates a group, or changes the settings of one's own. */
    put: (name: string, body: ConsumerGroupSettings = {}) =>
      transport.body<ConsumerGroup>({
        method: 'PUT',
        path: path(name),
        json: body,
        repeatable: true,
        shape: isFeedGroup,
      }),
    /** One's own; for admins, all. */
    list: (page: PageOptions = {}) =>
      transport.body<Page<ConsumerGroup>>({
        method: 'GET',
        path: ['feed', 'groups'],
        query: pageQuery(page),
        shape: isPage,
      }),
    get: (name: string) =>
      transport.body<ConsumerGroup>({ method: 'GET', path: path(name), shape: isFeedGroup }),
    delete: (name: string) => transport.body<undefined>({ method: 'DELETE', path: path(name) }),
    /** Takes entries that no other worker has at present; they have to be acknowledged in time. */
    claim: (name: string, { limit, wait, worker, signal }: ClaimOptions = {}) =>
      transport.body<ClaimAnswer>({
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
      transport.body<Page<DeadLetter>>({
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
