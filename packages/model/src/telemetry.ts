import { type Static, Type } from 'typebox';
import { Id, LooseBoolean, Page, PageQuery, Time } from './common.ts';
import { NODE_RESULTS } from './nodes.ts';

export const TELEMETRY_KINDS = [
  'runtime_error',
  'job_submission',
  'job_skip',
  'job_result',
  'test_result',
] as const;
export type TelemetryKind = (typeof TELEMETRY_KINDS)[number];

/** How far back anomalies are looked for, in hours. */
export const TELEMETRY_WINDOWS = { '1h': 1, '3h': 3, '6h': 6, '12h': 12, '24h': 24, '48h': 48 } as const;
export type TelemetryWindow = keyof typeof TELEMETRY_WINDOWS;

export const TELEMETRY_SCOPES = ['device_type', 'device'] as const;
export type TelemetryScope = (typeof TELEMETRY_SCOPES)[number];

/** What telemetry can be counted by. A lab is a runtime by its other name. */
export const TELEMETRY_GROUP_FIELDS = [
  'kind',
  'runtime',
  'lab',
  'device_type',
  'device_id',
  'job_name',
  'test_name',
  'tree',
  'branch',
  'arch',
  'result',
  'is_infra_error',
  'error_type',
] as const;
export type TelemetryGroupField = (typeof TELEMETRY_GROUP_FIELDS)[number];

/** What databases can have in an index. */
const NAME_MAX = 500;
const OrNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Result = Type.Enum([...NODE_RESULTS]);
const Name = Type.String({ maxLength: NAME_MAX });
const OptionalName = Type.Optional(OrNull(Name));
const AnyObject = Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true });

/** An event as services send it. What else it has is not kept. */
export const NewTelemetryEvent = Type.Object({
  ts: Type.Optional(OrNull(Type.String({ description: 'when it happened, ISO 8601; default: now' }))),
  kind: Type.Enum([...TELEMETRY_KINDS]),
  runtime: Name,
  device_type: OptionalName,
  device_id: OptionalName,
  job_name: OptionalName,
  test_name: OptionalName,
  job_id: OptionalName,
  node_id: OptionalName,
  tree: OptionalName,
  branch: OptionalName,
  arch: OptionalName,
  result: Type.Optional(OrNull(Result)),
  is_infra_error: Type.Optional(OrNull(LooseBoolean())),
  error_type: OptionalName,
  error_msg: Type.Optional(OrNull(Type.String())),
  retry: Type.Optional(OrNull(Type.Integer({ minimum: 0, maximum: 2_147_483_647 }))),
  extra: Type.Optional(OrNull(AnyObject)),
});
export type NewTelemetryEvent = Static<typeof NewTelemetryEvent>;

export const TelemetryBatch = Type.Array(NewTelemetryEvent, { description: 'from 1 to 10,000' });
export const TelemetryReceipt = Type.Object({ inserted: Type.Integer() });
export type TelemetryReceipt = Static<typeof TelemetryReceipt>;

/** An event as reads return it. The order of the keys is part of the contract. */
export const TelemetryEvent = Type.Object({
  id: Id,
  ts: Time,
  kind: Type.String(),
  runtime: Type.String(),
  device_type: OrNull(Type.String()),
  device_id: OrNull(Type.String()),
  job_name: OrNull(Type.String()),
  test_name: OrNull(Type.String()),
  job_id: OrNull(Type.String()),
  node_id: OrNull(Type.String()),
  tree: OrNull(Type.String()),
  branch: OrNull(Type.String()),
  arch: OrNull(Type.String()),
  result: OrNull(Type.String()),
  is_infra_error: Type.Boolean(),
  error_type: OrNull(Type.String()),
  error_msg: OrNull(Type.String()),
  retry: Type.Integer(),
  extra: AnyObject,
});
export type TelemetryEvent = Static<typeof TelemetryEvent>;
export const TelemetryPage = Page(TelemetryEvent);

const Moment = (description: string) => Type.Optional(Type.String({ description }));
const Range = {
  since: Moment('from this moment on, ISO 8601; UTC without a zone'),
  until: Moment('up to this moment'),
};

export const TelemetryListQuery = Type.Object({ ...PageQuery.properties, ...Range });
export const TelemetryStatsQuery = Type.Object({
  group_by: Type.Optional(
    Type.String({ description: `what to count by, of ${TELEMETRY_GROUP_FIELDS.join(', ')}; with commas` }),
  ),
  ...Range,
});

const Counts = {
  total: Type.Integer(),
  pass: Type.Integer(),
  fail: Type.Integer(),
  incomplete: Type.Integer(),
  skip: Type.Integer(),
  infra_error: Type.Integer(),
};

/** The values that a group has in common, then how many events it has. */
export const TelemetryStats = Type.Object(Counts, { additionalProperties: true });
export type TelemetryStats = Static<typeof TelemetryStats> & {
  [field in TelemetryGroupField]?: string | boolean | null;
};

export const TelemetryAnomaliesQuery = Type.Object({
  window: Type.String({
    default: '6h',
    description: `how far back: ${Object.keys(TELEMETRY_WINDOWS).join(', ')}`,
  }),
  threshold: Type.Number({
    minimum: 0,
    maximum: 1,
    default: 0.5,
    description: 'the part of failures, or of infrastructure errors, from which on it is an anomaly',
  }),
  min_total: Type.Integer({
    minimum: 1,
    maximum: Number.MAX_SAFE_INTEGER,
    default: 3,
    description: 'groups of fewer events say nothing',
  }),
  scope: Type.Enum([...TELEMETRY_SCOPES], {
    default: 'device_type',
    description: 'types of devices by the results of jobs and tests, or devices by the results of jobs',
  }),
});
export type TelemetryAnomaliesQuery = Static<typeof TelemetryAnomaliesQuery>;

/** With scope `device`, `device_id` comes behind `device_type`. */
export const ResultAnomaly = Type.Object({
  runtime: Type.String(),
  lab: Type.String(),
  device_type: OrNull(Type.String()),
  device_id: Type.Optional(Type.String()),
  ...Counts,
  infra_rate: Type.Number(),
  fail_rate: Type.Number({ description: 'of what failed or is incomplete' }),
  constant_failure: Type.Boolean(),
  constant_infra_failure: Type.Boolean(),
  last_seen: Time,
  latest_error_type: OrNull(Type.String({ description: 'of the last event' })),
  latest_error_msg: OrNull(Type.String()),
});
export type ResultAnomaly = Static<typeof ResultAnomaly>;

export const ErrorAnomaly = Type.Object({
  runtime: Type.String(),
  error_type: OrNull(Type.String()),
  count: Type.Integer(),
});
export type ErrorAnomaly = Static<typeof ErrorAnomaly>;

export const TelemetryAnomalies = Type.Object({
  window: Type.String(),
  threshold: Type.Number(),
  min_total: Type.Integer(),
  scope: Type.String(),
  since: Type.String({ description: 'UTC with its zone' }),
  result_anomalies: Type.Array(ResultAnomaly),
  error_anomalies: Type.Array(ErrorAnomaly),
});
export type TelemetryAnomalies = Static<typeof TelemetryAnomalies>;
