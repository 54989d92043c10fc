import {
  type ErrorAnomaly,
  HOUR,
  type ResultAnomaly,
  TELEMETRY_WINDOWS,
  type TelemetryAnomalies,
  type TelemetryAnomaliesQuery,
  type TelemetryKind,
  type TelemetryScope,
  type TelemetryWindow,
  toApiTime,
} from '@kernelci/model';
import { DomainError } from '../../errors.ts';
import type { GroupColumn, TelemetryGroup } from '../../store/telemetry-query/groups.ts';
import type { Uses } from '../services.ts';
import { limited } from './limits.ts';

/** What results are gathered by, and of which kinds: a job's tests would make little of a device that fails jobs. */
const SCOPES: Record<TelemetryScope, { by: GroupColumn[]; kinds: TelemetryKind[] }> = {
  device_type: { by: ['runtime', 'device_type'], kinds: ['job_result', 'test_result'] },
  device: { by: ['runtime', 'device_type', 'device_id'], kinds: ['job_result'] },
};
/** What came to nothing before there could be a result. */
const ERROR_KINDS: TelemetryKind[] = ['runtime_error', 'job_skip'];

const isWindow = (text: string): text is TelemetryWindow => Object.hasOwn(TELEMETRY_WINDOWS, text);

function startOf(window: string, now: number): number {
  if (isWindow(window)) return now - TELEMETRY_WINDOWS[window] * HOUR;
  const known = Object.keys(TELEMETRY_WINDOWS).join(', ');
  throw new DomainError('bad_value', `Invalid window '${window}'. Use: ${known}`);
}

const textOf = (value: string | number | null | undefined): string => String(value ?? '');

function toResultAnomaly(scope: TelemetryScope, group: TelemetryGroup): ResultAnomaly {
  const { by, total, pass, fail, incomplete, skip, infra_error, last_seen, latest } = group;
  const [runtime, deviceType, deviceId] = by;
  const failures = fail + incomplete;
  return {
    runtime: textOf(runtime),
    lab: textOf(runtime),
    device_type: deviceType == null ? null : String(deviceType),
    ...(scope === 'device' && { device_id: textOf(deviceId) }),
    total,
    pass,
    fail,
    incomplete,
    skip,
    infra_error,
    infra_rate: infra_error / total,
    fail_rate: failures / total,
    constant_failure: failures === total,
    constant_infra_failure: infra_error === total,
    last_seen: toApiTime(last_seen),
    latest_error_type: latest?.type ?? null,
    latest_error_msg: latest?.msg ?? null,
  };
}

const toErrorAnomaly = ({ by: [runtime, errorType], total }: TelemetryGroup): ErrorAnomaly => ({
  runtime: textOf(runtime),
  error_type: errorType == null ? null : String(errorType),
  count: total,
});

/** The worst first. */
const worstFirst = (a: ResultAnomaly, b: ResultAnomaly): number =>
  b.infra_rate - a.infra_rate || b.fail_rate - a.fail_rate || b.total - a.total;

const zoned = (epochMs: number): string => `${new Date(epochMs).toISOString().slice(0, 23)}000+00:00`;

/** What fails more than it should since the window began. Throws `bad_value`. */
export async function telemetryAnomalies(
  { db, clock }: Uses<'db' | 'clock'>,
  query: TelemetryAnomaliesQuery,
  signal: AbortSignal,
): Promise<TelemetryAnomalies> {
  const { window, threshold, min_total: minTotal, scope } = query;
  const since = startOf(window, clock());
  const { by, kinds } = SCOPES[scope];
  const results = db.telemetryReads.groups(
    {
      filter: { since, equal: {}, withDevice: scope === 'device' },
      by,
      kinds,
      atLeast: { total: minTotal, rate: threshold },
      withLatest: true,
    },
    signal,
  );
  const errors = db.telemetryReads.groups(
    {
      filter: { since, equal: {} },
      by: ['runtime', 'error_type'],
      kinds: ERROR_KINDS,
      atLeast: { total: minTotal, rate: 0 },
    },
    signal,
  );
  const [resultGroups, errorGroups] = await limited(Promise.all([results, errors]));
  return {
    window,
    threshold,
    min_total: minTotal,
    scope,
    since: zoned(since),
    result_anomalies: resultGroups.map((group) => toResultAnomaly(scope, group)).sort(worstFirst),
    error_anomalies: errorGroups.map(toErrorAnomaly),
  };
}
