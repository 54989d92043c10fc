import { type Static, Type } from 'typebox';
import { LineText, Page } from './common.ts';
import { LoggedEvent } from './events.ts';

const MAX = Number.MAX_SAFE_INTEGER;
const DAY_SECONDS = 86_400;
export const FEED_LIMIT_MAX = 1000;
export const FEED_WAIT_MAX = 60;
/** Entries that can be named in one request. */
const NAMED_MAX = 10_000;

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) =>
  Type.Union([type, Type.Null()]);

const Limit = { minimum: 1, maximum: FEED_LIMIT_MAX };
const Wait = {
  minimum: 0,
  maximum: FEED_WAIT_MAX,
  description: 'seconds to wait for something when there is nothing yet',
};

/** An entry of the log as the feed gives it: what its publisher said of it beside the data comes along. */
export const FeedEntry = Type.Object(
  {
    ...LoggedEvent.properties,
    type: Type.Optional(Type.Unknown({ description: 'of the CloudEvent, when it is not the usual one' })),
    source: Type.Optional(Type.Unknown({ description: 'of the CloudEvent, when it is not the usual one' })),
    attributes: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), { description: "the CloudEvent's further attributes" }),
    ),
  },
  { additionalProperties: true },
);
export type FeedEntry = Static<typeof FeedEntry>;

/** Where to begin, and on which channel; all other parameters are conditions. */
export const FeedStart = Type.Object({
  after: Type.Optional(
    Type.String({
      pattern: '^(latest|\\d{1,20})$',
      description: 'the position to go on behind, `latest` for the end; absent: all that is kept',
    }),
  ),
  channel: Type.Optional(Type.String({ description: 'entries of this channel only' })),
});

export const FeedQuery = Type.Object({
  ...FeedStart.properties,
  limit: Type.Integer({ ...Limit, default: 100 }),
  wait: Type.Number({ ...Wait, default: 0 }),
});

export const FeedStreamQuery = Type.Object({
  ...FeedStart.properties,
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: MAX, description: 'the stream ends after so many entries' }),
  ),
  wait: Type.Optional(Type.String({ description: 'without effect: a stream always waits' })),
});

export const FeedPage = Type.Object({
  items: Type.Array(FeedEntry),
  next: Type.Integer({ description: 'the position to go on behind, also when nothing matched' }),
  oldest: Type.Integer({ description: 'the lowest position that can still be asked for' }),
});
export type FeedPage = Static<typeof FeedPage>;

/** The position that was asked for is before what the log still has. */
export const GoneBody = Type.Object({
  detail: Type.String(),
  oldest: Type.Integer({ description: 'the lowest position that can still be asked for' }),
});
export type GoneBody = Static<typeof GoneBody>;

export const ConsumerGroupParams = Type.Object({ name: LineText(200, 'of the consumer group') });

const Filter = Type.Record(
  Type.String(),
  Type.Union([Type.String({ maxLength: 5000 }), Type.Number(), Type.Boolean()]),
  {
    maxProperties: 50,
    description:
      'conditions as in the query string of the feed: `{"kind": "job", "data.arch__in": "arm,x86"}`',
  },
);

export const ConsumerGroupBody = Type.Object({
  channel: Type.Optional(Nullable(Type.String({ minLength: 1, maxLength: 200 }))),
  filter: Type.Optional(Nullable(Filter)),
  visibility_seconds: Type.Integer({
    minimum: 1,
    maximum: DAY_SECONDS,
    default: 60,
    description: 'how long a claimed entry is for its claimer alone',
  }),
  max_deliveries: Type.Integer({
    minimum: 1,
    maximum: 1000,
    default: 10,
    description: 'after so many deliveries without an acknowledgement an entry is a dead letter',
  }),
  start: Type.Optional(
    Type.Union(
      [
        Type.Literal('oldest'),
        Type.Literal('latest'),
        Type.Integer({ minimum: 0, maximum: MAX, description: 'behind this position' }),
      ],
      { description: 'where a new group begins; `latest` when absent' },
    ),
  ),
});
export type ConsumerGroupBody = Static<typeof ConsumerGroupBody>;

export const ConsumerGroup = Type.Object({
  name: Type.String(),
  owner: Type.String(),
  channel: Nullable(Type.String()),
  filter: Type.Record(Type.String(), Type.String()),
  visibility_seconds: Type.Integer(),
  max_deliveries: Type.Integer(),
  created: Type.String(),
  position: Type.Integer({ description: 'all up to here has been looked at' }),
  lag: Type.Integer({ description: "how far the log's end is from there" }),
  pending: Type.Integer({ description: 'entries that were claimed and are not acknowledged' }),
  dead: Type.Integer({ description: 'dead letters' }),
});
export type ConsumerGroup = Static<typeof ConsumerGroup>;

export const ConsumerGroupPage = Page(ConsumerGroup);

export const ClaimBody = Type.Object({
  limit: Type.Optional(Type.Integer({ ...Limit, description: 'entries at the most; 10 when absent' })),
  wait: Type.Optional(Type.Number(Wait)),
  worker: Type.Optional(Nullable(Type.String({ maxLength: 200, description: 'who claims, to be shown' }))),
});
export type ClaimBody = Static<typeof ClaimBody>;

export const ClaimedEntry = Type.Object(
  { ...FeedEntry.properties, delivery_count: Type.Integer() },
  { additionalProperties: true },
);
export type ClaimedEntry = Static<typeof ClaimedEntry>;

export const ClaimAnswer = Type.Object({
  items: Type.Array(ClaimedEntry),
  missed: Type.Integer({ description: 'how many entries may have been removed before they were claimed' }),
});
export type ClaimAnswer = Static<typeof ClaimAnswer>;

const SequenceIds = Type.Array(Type.Integer({ minimum: 0, maximum: MAX }), { maxItems: NAMED_MAX });

export const NamedEntriesBody = Type.Object({ sequence_ids: SequenceIds });
export const RetryBody = Type.Object({ sequence_ids: Type.Optional(SequenceIds) });
export type RetryBody = Static<typeof RetryBody>;

export const DeadLetter = Type.Object(
  {
    ...ClaimedEntry.properties,
    worker: Nullable(Type.String({ description: 'who claimed it last' })),
    died: Type.String(),
  },
  { additionalProperties: true },
);
export type DeadLetter = Static<typeof DeadLetter>;
export const DeadLetterPage = Page(DeadLetter);
