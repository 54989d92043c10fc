import { type Static, Type } from 'typebox';
import { Id, Page, Time } from './common.ts';

const Snapshot = Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()]);

/** One administrative act. `before` and `after` hold what changed, never secrets. */
export const AuditEntry = Type.Object({
  id: Id,
  time: Time,
  actor: Type.Union([Type.Object({ id: Id, username: Type.String() }), Type.Null()]),
  token_id: Type.Union([Id, Type.Null()]),
  address: Type.Union([Type.String(), Type.Null()]),
  request_id: Type.Union([Type.String(), Type.Null()]),
  action: Type.String(),
  target: Type.Union([Type.Object({ type: Type.String(), id: Id, name: Type.String() }), Type.Null()]),
  before: Snapshot,
  after: Snapshot,
});
export type AuditEntry = Static<typeof AuditEntry>;
export const AuditPage = Page(AuditEntry);
