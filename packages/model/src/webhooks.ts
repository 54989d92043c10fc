import { type Static, Type } from 'typebox';
import { Id, LineText, Page, Time } from './common.ts';

export const WEBHOOK_URL_MAX = 2000;
/** A user's webhooks, at the most. */
export const WEBHOOKS_MAX = 100;

const Url = Type.String({
  minLength: 1,
  maxLength: WEBHOOK_URL_MAX,
  description: 'where events are sent to; http or https, without a name and a password in it',
});
const Channel = Type.Union([Type.String({ minLength: 1, maxLength: 200 }), Type.Null()], {
  description: 'only events of this channel',
});
const Filter = Type.Record(
  Type.String({ minLength: 1, maxLength: 200 }),
  Type.Union([Type.String({ maxLength: 2000 }), Type.Number(), Type.Boolean(), Type.Null()]),
  { maxProperties: 50, description: 'conditions as in the query of `GET /events`: `{"kind": "job"}`' },
);
const Description = Type.Union([LineText(1000, 'what the webhook is for'), Type.Null()]);

export const WebhookBody = Type.Object({
  url: Url,
  channel: Type.Optional(Channel),
  filter: Type.Optional(Filter),
  secret: Type.Optional(
    Type.String({
      maxLength: 200,
      description: 'what requests are signed with: `whsec_` and 24 to 64 bytes in Base64; default: a new one',
    }),
  ),
  description: Type.Optional(Description),
});
export type WebhookBody = Static<typeof WebhookBody>;

export const WebhookPatch = Type.Object({
  url: Type.Optional(Url),
  channel: Type.Optional(Channel),
  filter: Type.Optional(Filter),
  description: Type.Optional(Description),
  active: Type.Optional(
    Type.Boolean({ description: 'true: begins anew at once, also after it was disabled' }),
  ),
  secret: Type.Optional(Type.Literal(true, { description: 'true: gives it a new secret' })),
});
export type WebhookPatch = Static<typeof WebhookPatch>;

/** Someone's wish to have events sent to an address, and how far that has come. */
export const Webhook = Type.Object({
  id: Id,
  url: Type.String(),
  channel: Type.Union([Type.String(), Type.Null()]),
  filter: Type.Record(Type.String(), Type.String()),
  description: Type.Union([Type.String(), Type.Null()]),
  state: Type.Enum(['active', 'disabled']),
  owner: Type.String({ description: 'name of the user' }),
  created: Time,
  position: Type.Integer({ description: 'all up to this entry of the log is done' }),
  failing_since: Type.Union([Time, Type.Null()]),
  next_attempt: Type.Union([Time, Type.Null()]),
  last_error: Type.Union([Type.String(), Type.Null()]),
});
export type Webhook = Static<typeof Webhook>;
export const WebhookPage = Page(Webhook);

/** The one answer that has the secret. */
export const NewWebhook = Type.Object({ ...Webhook.properties, secret: Type.String() });
export type NewWebhook = Static<typeof NewWebhook>;
/** The answer to a change: with the secret when that is new. */
export const ChangedWebhook = Type.Object({ ...Webhook.properties, secret: Type.Optional(Type.String()) });
export type ChangedWebhook = Static<typeof ChangedWebhook>;

/** What became of one request. */
export const WebhookOutcome = Type.Object({
  outcome: Type.Enum(['delivered', 'failed']),
  response_status: Type.Union([Type.Integer(), Type.Null()]),
  error: Type.Union([Type.String(), Type.Null()]),
  ms: Type.Integer({ description: 'how long it took' }),
});
export type WebhookOutcome = Static<typeof WebhookOutcome>;

export const WebhookDelivery = Type.Object({
  sequence_id: Type.Integer(),
  event_id: Id,
  time: Time,
  attempt: Type.Integer({ description: '1: the first one' }),
  ...WebhookOutcome.properties,
});
export type WebhookDelivery = Static<typeof WebhookDelivery>;
export const WebhookDeliveryPage = Page(WebhookDelivery);

const Position = (description: string) =>
  Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description }));

/** One of the two. */
export const WebhookReplay = Type.Object({
  sequence_id: Position('sends this entry of the log once more, out of turn'),
  after: Position('goes on behind this entry of the log, forwards or backwards'),
});
export type WebhookReplay = Static<typeof WebhookReplay>;
/** `sequence_id` answers what became of the request, `after` the webhook. */
export const WebhookReplayed = Type.Union([WebhookOutcome, Webhook]);
export type WebhookReplayed = Static<typeof WebhookReplayed>;
