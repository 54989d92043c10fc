import { type Static, Type } from 'typebox';

const Name = Type.String({ minLength: 1, maxLength: 200 });

export const ChannelParams = Type.Object({ channel: Name });
export const ListParams = Type.Object({ list: Name });
export const SubscriptionParams = Type.Object({
  sub_id: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
});

/** An event to be told, or an item for a list. */
export const PublishBody = Type.Object({
  data: Type.Optional(Type.Unknown({ description: 'any JSON but null' })),
  type: Type.Optional(Type.Union([Type.String(), Type.Null()], { description: 'of the CloudEvent' })),
  source: Type.Optional(Type.Union([Type.String(), Type.Null()], { description: 'of the CloudEvent' })),
  attributes: Type.Optional(
    Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()], {
      description: 'further attributes of the CloudEvent; those that the server gives cannot be set',
    }),
  ),
});
export type PublishBody = Static<typeof PublishBody>;

export const Subscription = Type.Object({
  id: Type.Integer(),
  channel: Type.String(),
  user: Type.String(),
  promiscuous: Type.Boolean(),
});
export type Subscription = Static<typeof Subscription>;

export const SubscriptionStats = Type.Object({
  ...Subscription.properties,
  created: Type.String(),
  last_poll: Type.Union([Type.String(), Type.Null()]),
});
export type SubscriptionStats = Static<typeof SubscriptionStats>;

/** What a listen answers: `data` is the text of a CloudEvent. */
export const ListenAnswer = Type.Object({
  type: Type.Literal('message'),
  pattern: Type.Null(),
  channel: Type.String(),
  data: Type.String(),
});
export type ListenAnswer = Static<typeof ListenAnswer>;

export const CloudEvent = Type.Object(
  {
    specversion: Type.Literal('1.0'),
    id: Type.String(),
    source: Type.String(),
    type: Type.String(),
    time: Type.String(),
    data: Type.Unknown(),
    owner: Type.Optional(Type.String()),
    _sequence_id: Type.Optional(Type.Integer()),
  },
  { additionalProperties: true },
);
export type CloudEvent = Static<typeof CloudEvent>;

/** An entry of the log. */
export const LoggedEvent = Type.Object(
  {
    timestamp: Type.String(),
    sequence_id: Type.Integer(),
    channel: Type.String(),
    owner: Type.Union([Type.String(), Type.Null()]),
    data: Type.Unknown(),
    id: Type.String(),
  },
  { additionalProperties: true },
);
export type LoggedEvent = Static<typeof LoggedEvent>;
