export { type Client, type ClientOptions, createClient } from './client.ts';
export {
  ApiError,
  ConnectionError,
  type ConnectionFailure,
  describeProblem,
  NotAnApiError,
} from './errors.ts';
export { RawJson } from './http/raw-json.ts';
export type { MailNotice } from './mail-notice.ts';
export type { AuditQuery } from './nouns/audit.ts';
export type { Invitation, NewInvitation } from './nouns/invites.ts';
export type { FastOptions, NodePage, PageQuestion } from './nouns/node-query.ts';
export type { CreateOptions, HistoryEntry, TaggedNode, WriteOptions } from './nouns/nodes.ts';
export type { SignupState } from './nouns/signups.ts';
export type { NewToken, TokenOwner } from './nouns/tokens.ts';
export type { Registration } from './nouns/users.ts';
export { eachItem, type Filters, type PageOptions } from './paging.ts';
