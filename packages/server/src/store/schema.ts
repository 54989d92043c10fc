import type { Generated } from 'kysely';

/** 0 or 1: the one form of a boolean that both engines store alike. */
export type Flag = 0 | 1;
/** Epoch milliseconds. */
export type Millis = number;

export interface UserTable {
  seq: Generated<number>;
  id: string;
  username: string;
  email: string;
  /** The address as it is compared: lower case. */
  email_key: string;
  hashed_password: string;
  is_active: Flag;
  is_superuser: Flag;
  is_verified: Flag;
  /** Grows with each change of password, address or verification: the mailed links of before are void. */
  credentials_version: number;
  /** Grows when all tokens of the user are revoked: a token carries the number it was made under. */
  token_generation: number;
  invited: Millis | null;
  invite_accepted: Millis | null;
  created: Millis;
  updated: Millis;
}

export interface GroupTable {
  seq: Generated<number>;
  id: string;
  name: string;
}

export interface MembershipTable {
  user_id: string;
  group_id: string;
  position: number;
}

export interface TokenTable {
  seq: Generated<number>;
  id: string;
  user_id: string;
  name: string;
  /** JSON list of scopes. */
  scopes: string;
  created: Millis;
  expires: Millis;
  last_used: Millis | null;
}

export interface SignupTable {
  seq: Generated<number>;
  id: string;
  username: string;
  email: string;
  email_key: string;
  hashed_password: string;
  state: 'pending' | 'approved' | 'rejected';
  created: Millis;
  decided: Millis | null;
  decided_by: string | null;
}

export interface AuditTable {
  seq: Generated<number>;
  id: string;
  time: Millis;
  actor_id: string | null;
  actor_name: string | null;
  token_id: string | null;
  address: string | null;
  request_id: string | null;
  action: string;
  target_type: string | null;
  target_id: string | null;
  target_name: string | null;
  before_json: string | null;
  after_json: string | null;
}

export interface MailTable {
  seq: Generated<number>;
  id: string;
  recipient: string;
  subject: string;
  body_text: string;
  body_html: string;
  state: 'queued' | 'failed';
  attempts: number;
  created: Millis;
  /** When the next attempt is due; while a worker sends the mail, when another may take it over. */
  due: Millis;
  last_error: string | null;
}

export interface ThrottleTable {
  key: string;
  failures: number;
  /** When the count is forgotten. */
  expires: Millis;
  /** Until when further attempts are refused; 0 when they are not. */
  blocked_until: Millis;
}

export interface AccessEpochTable {
  id: 1;
  epoch: number;
}

export interface NodeTable {
  /** Order of insertion. */
  seq: Generated<number>;
  id: string;
  kind: string;
  state: string | null;
  result: string | null;
  name: string | null;
  group_name: string | null;
  owner: string | null;
  parent: string | null;
  treeid: string | null;
  /** The next six are copies of `data.kernel_revision.{tree,branch,commit}` and `data.{platform,runtime,arch}`. */
  tree: string | null;
  branch: string | null;
  commit_hash: string | null;
  platform: string | null;
  runtime: string | null;
  arch: string | null;
  submitter: string | null;
  created: Millis;
  updated: Millis;
  timeout: Millis | null;
  holdoff: Millis | null;
  processed: Flag;
  retry_counter: number;
}

export interface NodeDocTable {
  seq: number;
  /** Grows with each change: the node's ETag. */
  revision: number;
  /** The node as reads return it: JSON, `id` first. */
  doc: string;
}

export interface EventTable {
  seq: Generated<number>;
  id: string;
  time: Millis;
  channel: string;
  owner: string | null;
  /** The node that the event tells of; null for events of other channels. */
  node_id: string | null;
  /**
   * Whether the channel tells of it. Of a hierarchy the channel tells of the root alone; the entries of the other
   * nodes are for those who read the whole log.
   */
  listed: Flag;
  /** The event's data, JSON. */
  data: string;
  /** The CloudEvent's own `type`, `source` and further attributes, JSON; null where they are the usual ones. */
  attributes: string | null;
  /** The rest are copies of what the data of node events says. */
  op: string | null;
  kind: string | null;
  state: string | null;
  result: string | null;
  name: string | null;
  group_name: string | null;
}

/** One row. */
export interface EventLogTable {
  id: 1;
  /** Entries up to this number have been removed from the log. */
  purged_through: number;
}

export interface SubscriptionTable {
  id: Generated<number>;
  channel: string;
  user_id: string;
  /** Whether events of every owner are told. */
  promiscuous: Flag;
  /** A durable subscriber's own name; null for others. */
  subscriber_id: string | null;
  /** Grows when a durable subscriber comes back: what it has not acknowledged is told again. */
  generation: number;
  /** The last entry that is acknowledged, or known to be none of its own. */
  cursor: number;
  /** The last entry that has been handed over and waits to be acknowledged by the next listen. */
  delivered: number | null;
  created: Millis;
  last_poll: Millis | null;
  /** Whether what was delivered may still turn out not to have come. */
  in_doubt: Generated<Flag>;
  /** The process that handed over last. */
  holder: string | null;
}

export interface ConsumerGroupTable {
  id: Generated<number>;
  name: string;
  user_id: string;
  /** Only entries of this channel; null for all. */
  channel: string | null;
  /** Conditions on entries, a JSON object of texts. */
  filter: string;
  visibility_seconds: number;
  max_deliveries: number;
  /** Every entry of the log up to here has been claimed, or is none of its own. */
  position: number;
  created: Millis;
}

/** An entry that a group's workers have claimed and not acknowledged. */
export interface GroupEntryTable {
  group_id: number;
  seq: number;
  deliveries: number;
  /** From when on it may be claimed again; 0 when it was given back. */
  visible_at: Millis;
  /** Who claimed it last. */
  worker: string | null;
  /** Since when it is a dead letter. */
  died: Millis | null;
}

export interface ListItemTable {
  seq: Generated<number>;
  list: string;
  /** A CloudEvent, JSON. */
  event: string;
  /** Until when it is somebody's who takes it; 0 when it is free. */
  taken_until: Millis;
}

export interface WebhookTable {
  seq: Generated<number>;
  id: string;
  user_id: string;
  url: string;
  /** Only events of this channel; null for all. */
  channel: string | null;
  /** Conditions on events, a JSON object. */
  filter: string;
  description: string | null;
  /** What requests are signed with, as users know it. */
  secret: string;
  state: 'active' | 'disabled';
  /** Grows with each change by its owner that matters to who delivers. */
  revision: number;
  created: Millis;
  /** Every entry of the log up to here is delivered, or none of its own. */
  position: number;
  /** How often the next entry has been tried. */
  attempts: number;
  failing_since: Millis | null;
  next_attempt: Millis | null;
  last_error: string | null;
  /** The process that delivers … */
  lease_holder: string | null;
  /** … and until when it alone may. */
  lease_until: Millis;
}

export interface WebhookDeliveryTable {
  seq: Generated<number>;
  webhook_id: string;
  /** The number of the entry in the log, and its id. */
  sequence_id: number;
  event_id: string;
  /** When the request was sent. */
  time: Millis;
  attempt: number;
  outcome: 'delivered' | 'failed';
  response_status: number | null;
  error: string | null;
  /** How long it took, in milliseconds. */
  ms: number;
}

export interface TelemetryTable {
  seq: Generated<number>;
  id: string;
  /** When it happened. */
  ts: Millis;
  kind: string;
  runtime: string;
  device_type: string | null;
  device_id: string | null;
  job_name: string | null;
  test_name: string | null;
  job_id: string | null;
  node_id: string | null;
  tree: string | null;
  branch: string | null;
  arch: string | null;
  result: string | null;
  is_infra_error: Flag;
  error_type: string | null;
  error_msg: string | null;
  retry: number;
  /** A JSON object. */
  extra: string;
}

export interface KeyValueTable {
  namespace: string;
  key: string;
  value: string;
}

export interface IdempotencyTable {
  key: string;
  created: Millis;
  /** Of the request: the same key with another request is refused. */
  fingerprint: string;
  body: string;
}

export interface NaturalKeyTable {
  key: string;
  node_id: string;
}

/** A node that is kept, with all that is above and below it, however old it grows. */
export interface PinTable {
  seq: Generated<number>;
  node_id: string;
  reason: string | null;
  /** Who pinned it last. */
  username: string;
  created: Millis;
}

/** One row, for locking. */
export interface RetentionTable {
  id: 1;
}

export interface Schema {
  nodes: NodeTable;
  node_docs: NodeDocTable;
  events: EventTable;
  event_log: EventLogTable;
  subscriptions: SubscriptionTable;
  list_items: ListItemTable;
  consumer_groups: ConsumerGroupTable;
  group_entries: GroupEntryTable;
  webhooks: WebhookTable;
  webhook_deliveries: WebhookDeliveryTable;
  telemetry: TelemetryTable;
  key_values: KeyValueTable;
  idempotency_keys: IdempotencyTable;
  natural_keys: NaturalKeyTable;
  pins: PinTable;
  retention: RetentionTable;
  users: UserTable;
  groups: GroupTable;
  memberships: MembershipTable;
  tokens: TokenTable;
  signups: SignupTable;
  audit: AuditTable;
  mails: MailTable;
  throttles: ThrottleTable;
  access_epoch: AccessEpochTable;
}
