import type {
  CloudEvent,
  ListenAnswer,
  LoggedEvent,
  PublishBody,
  Subscription,
  SubscriptionStats,
} from '@kernelci/model';
import type { RawJson } from '../http/raw-json.ts';
import type { Persistence } from '../http/reconnection.ts';
import type { Transport } from '../http/transport.ts';
import type { Filters } from '../paging.ts';
import { isCloudEvent, isListenAnswer, isSubscription } from '../shapes.ts';
import { untilSomethingComes } from './awaited-event.ts';

export interface SubscribeOptions {
  /** Events of every owner; default: one's own and those of nobody. */
  promiscuous?: boolean | undefined;
  /** A name to come back under: what was not acknowledged by then is told again. */
  subscriberId?: string | undefined;
}

export interface EventsOptions {
  /** At most so many; default: all. */
  limit?: number | undefined;
  /** An ISO time: only events of later moments. */
  from?: string | undefined;
  /** Each event with the node that it tells of, as it is now; `limit` is then needed, 1 to 1000. */
  recursive?: boolean | undefined;
}

/** With `recursive`, also `node`, if there is such a node. */
export type ListedEvent = LoggedEvent & { node?: unknown };

/** Of a waiting request: it may take as long as the API likes. */
const AWAITED = { waitMs: 60_000, repeatable: false };

/** Reading the log is public and sends no token. */
export function eventsNoun(transport: Transport) {
  const logged = (filters: Filters, { limit, from, recursive }: EventsOptions) =>
    ({
      method: 'GET',
      path: ['events'],
      query: { limit, from, recursive: recursive === true ? true : undefined, ...filters },
      public: true,
      shape: Array.isArray,
    }) as const;
  const listen = async (id: number, signal?: AbortSignal): Promise<CloudEvent | undefined> => {
    const { data } = await transport.body<ListenAnswer>({
      method: 'GET',
      path: ['listen', String(id)],
      shape: isListenAnswer,
      signal,
      ...AWAITED,
    });
    const event = transport.parseJson(data) as CloudEvent;
    return event.data === 'BEEP' && event.owner === undefined ? undefined : event;
  };
  const pop = async (list: string, signal?: AbortSignal): Promise<CloudEvent | undefined> => {
    const event = await transport.body<CloudEvent | null>({
      method: 'GET',
      path: ['pop', list],
      shape: (body) => body === null || isCloudEvent(body),
      signal,
      ...AWAITED,
    });
    return event ?? undefined;
  };
  return {
    /** Follows a channel from now on, or from where the subscriber stopped. */
    subscribe: (channel: string, { promiscuous, subscriberId }: SubscribeOptions = {}) =>
      transport.body<Subscription>({
        method: 'POST',
        path: ['subscribe', channel],
        query: { promisc: promiscuous === true ? true : undefined, subscriber_id: subscriberId },
        repeatable: subscriberId !== undefined,
        shape: isSubscription,
      }),
    unsubscribe: (id: number) => transport.body<null>({ method: 'POST', path: ['unsubscribe', String(id)] }),
    /**
     * One long poll: a subscription's next event; undefined when none came for a while. The next call acknowledges it.
     * Other answers than events end in an error, also when nothing came before the time was up.
     */
    listen,
    /** A subscription's next event, however long that takes, through pauses and restarts of the API. */
    next: (id: number, options: Persistence = {}) =>
      untilSomethingComes((signal) => listen(id, signal), options),
    publish: (channel: string, event: PublishBody | RawJson) =>
      transport.body<null>({ method: 'POST', path: ['publish', channel], json: event }),
    /** Puts an item at the end of a list. */
    push: (list: string, item: PublishBody | RawJson) =>
      transport.body<null>({ method: 'POST', path: ['push', list], json: item }),
    /** One long poll: takes the first item of a list; undefined when none came for a while. */
    pop,
    /** Takes the first item of a list, however long it takes until there is one. */
    take: (list: string, options: Persistence = {}) =>
      untilSomethingComes((signal) => pop(list, signal), options),
    /** All subscriptions; for admins. */
    stats: () =>
      transport.body<SubscriptionStats[]>({
        method: 'GET',
        path: ['stats', 'subscriptions'],
        shape: Array.isArray,
      }),
    /** What happened, oldest first, as far back as events are kept, in one answer. */
    list: (filters: Filters = {}, options: EventsOptions = {}) =>
      transport.body<ListedEvent[]>(logged(filters, options)),
    /** The same one by one while they arrive, however many they are. */
    each: (filters: Filters = {}, options: EventsOptions = {}) =>
      transport.items<ListedEvent>(logged(filters, options)),
  };
}
