import type { FeedEntry, FeedPage } from '@kernelci/model';
import type { Transport } from '../http/transport.ts';
import type { Filters, Query } from '../paging.ts';
import { isFeedPage } from '../shapes.ts';
import { asGone } from './feed-gone.ts';
import type { FeedPlace, FeedQuestion, FollowOptions, StreamOptions } from './feed-question.ts';
import { followPages } from './follow-feed.ts';
import { streamEntries } from './stream-feed.ts';

/**
 * The log of all events, read from a position on. Reading is public; with a token, waiting is not limited as it is for
 * the anonymous. An entry is identified by its `sequence_id`: what is read again after a failure comes again.
 */
export function feedNoun(transport: Transport) {
  const page = async (filters: Filters = {}, question: FeedQuestion = {}): Promise<FeedPage> => {
    const { channel, after, limit, wait = 0, signal } = question;
    try {
      return await transport.body<FeedPage>({
        method: 'GET',
        path: ['feed'],
        query: { ...filters, ...placeQuery({ channel, after }), limit, wait: wait === 0 ? undefined : wait },
        waitMs: wait * 1000,
        signal,
        shape: isFeedPage,
      });
    } catch (error) {
      throw asGone(error, after);
    }
  };
  const messages = (filters: Filters, place: FeedPlace, options: StreamOptions) =>
    transport.messages({
      method: 'GET',
      path: ['feed', 'stream'],
      query: { ...filters, ...placeQuery(place) },
      // As browsers do: it tells where the last connection ended.
      headers: { 'last-event-id': typeof place.after === 'number' ? String(place.after) : undefined },
      waitMs: options.heartbeatMs ?? HEARTBEAT_MS,
      signal: options.signal,
    });
  const follow = (filters: Filters = {}, options: FollowOptions = {}): AsyncGenerator<FeedPage, void> =>
    followPages((question) => page(filters, question), options);
  return {
    /**
     * The next entries behind a position; `next` is where to go on, also when none was found.
     * @throws FeedGoneError when some of them are no longer kept
     */
    page,
    /** Pages as entries come, for as long as it may take, through restarts of the API: a long poll. */
    follow,
    /**
     * Entries as they come, for as long as it may take, through restarts of the API: by a stream of server-sent events,
     * or by the long poll where something in between does not let a stream through.
     * @throws FeedGoneError when some of them are no longer kept
     */
    stream: (filters: Filters = {}, options: StreamOptions = {}): AsyncGenerator<FeedEntry, void> =>
      streamEntries(
        {
          connect: (place) => messages(filters, place, options),
          follow: (place) => follow(filters, { ...options, ...place }),
          parseJson: transport.parseJson,
        },
        options,
      ),
  };
}

/** The API tells in its streams that it is alive this often. */
const HEARTBEAT_MS = 15_000;

function placeQuery({ channel, after }: FeedPlace): Query {
  return { channel, after: after === 'oldest' ? undefined : after };
}
