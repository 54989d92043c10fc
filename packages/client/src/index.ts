export { type Client, type ClientOptions, createClient } from './client.ts';
export {
  ApiError,
  ConnectionError,
  type ConnectionFailure,
  describeProblem,
  NotAnApiError,
} from './errors.ts';
export type { MailNotice } from './mail-notice.ts';
export type { AuditQuery } from './nouns/audit.ts';
export type { Invitation, NewInvitation } from './nouns/invites.ts';
export type { SignupState } from './nouns/signups.ts';
export type { NewToken, TokenOwner } from './nouns/tokens.ts';
export type { Registration } from './nouns/users.ts';
export { eachItem, type Filters, type PageOptions } from './paging.ts';
