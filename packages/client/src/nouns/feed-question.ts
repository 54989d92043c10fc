import type { Persistence } from '../http/reconnection.ts';

/** Behind a position, from the oldest entry that is kept, or from the end. */
export type FeedStart = number | 'oldest' | 'latest';

export interface FeedPlace {
  channel?: string | undefined;
  /** Default: from the oldest entry that is kept. */
  after?: FeedStart | undefined;
}

export interface FeedQuestion extends FeedPlace {
  /** At most so many entries, 1 to 1000; default 100. */
  limit?: number | undefined;
  /** Seconds to wait for an entry when there is none, up to 60; default 0. */
  wait?: number | undefined;
  signal?: AbortSignal | undefined;
}

export interface FollowOptions extends FeedPlace, Persistence {
  /** Entries of one page, 1 to 1000; default 100. */
  limit?: number | undefined;
  /** Seconds of one long poll, up to 60; default 30. */
  wait?: number | undefined;
}

export interface StreamOptions extends FeedPlace, Persistence {
  /** How often the API tells that it is alive; it may take that much longer than `timeoutMs`. Default 15 seconds. */
  heartbeatMs?: number | undefined;
}
