export { type Client, type ClientOptions, createClient } from './client.ts';
export {
  ApiError,
  ConnectionError,
  type ConnectionFailure,
  describeProblem,
  FeedGoneError,
  NotAnApiError,
} from './errors.ts';
export { RawJson } from './http/raw-json.ts';
export type { Persistence } from './http/reconnection.ts';
export type { MailNotice } from './mail-notice.ts';
export type { AuditQuery } from './nouns/audit.ts';
export type { EventsOptions, ListedEvent, SubscribeOptions } from './nouns/events.ts';
export type { ClaimOptions, ConsumerGroupSettings } from './nouns/feed-groups.ts';
export type {
  FeedPlace,
  FeedQuestion,
  FeedStart,
  FollowOptions,
  StreamOptions,
} from './nouns/feed-question.ts';
export type { Invitation, NewInvitation } from './nouns/invites.ts';
export type { FastOptions, NodePage, PageQuestion } from './nouns/node-query.ts';
export type { CreateOptions, HistoryEntry, TaggedNode, WriteOptions } from './nouns/nodes.ts';
export type { SignupState } from './nouns/signups.ts';
export type { AnomalyQuestion } from './nouns/telemetry.ts';
export type { NewToken, TokenOwner } from './nouns/tokens.ts';
export type { Registration } from './nouns/users.ts';
export { eachItem, type Filters, type PageOptions } from './paging.ts';
