import { type NewTelemetryEvent, newId, type TelemetryReceipt } from '@kernelci/model';
import { DomainError } from '../../errors.ts';
import { insertTelemetry, type TelemetryRow } from '../../store/telemetry.ts';
import { parseTime } from '../query/time.ts';
import type { Uses } from '../services.ts';

function momentOf(ts: string, place: number): number {
  try {
    return parseTime('ts', ts);
  } catch (error) {
    if (error instanceof DomainError) throw invalidEvent(place, error.message);
    throw error;
  }
}

/** The refusal of a batch because of one of its events. */
export const invalidEvent = (place: number, reason: string): DomainError =>
  new DomainError('bad_value', `Invalid telemetry event: ${reason} (event ${place}, counted from 0)`);

function rowOf(event: NewTelemetryEvent, place: number, now: number): TelemetryRow {
  return {
    id: newId(now),
    ts: event.ts == null ? now : momentOf(event.ts, place),
    kind: event.kind,
    runtime: event.runtime,
    device_type: event.device_type ?? null,
    device_id: event.device_id ?? null,
    job_name: event.job_name ?? null,
    test_name: event.test_name ?? null,
    job_id: event.job_id ?? null,
    node_id: event.node_id ?? null,
    tree: event.tree ?? null,
    branch: event.branch ?? null,
    arch: event.arch ?? null,
    result: event.result ?? null,
    is_infra_error: event.is_infra_error ? 1 : 0,
    error_type: event.error_type ?? null,
    error_msg: event.error_msg ?? null,
    retry: event.retry ?? 0,
    extra: event.extra == null ? '{}' : JSON.stringify(event.extra),
  };
}

/** More in one transaction would hold others up. */
const EVENTS_MAX = 10_000;

/** Stores the events, all or none. Throws `bad_value`. */
export async function sendTelemetry(
  { db, clock }: Uses<'db' | 'clock'>,
  events: readonly NewTelemetryEvent[],
): Promise<TelemetryReceipt> {
  if (events.length === 0) throw new DomainError('bad_value', 'Events list cannot be empty');
  if (events.length > EVENTS_MAX)
    throw new DomainError('bad_value', `Events list is too long, at most ${EVENTS_MAX} can be sent at once`);
  const now = clock();
  const rows = events.map((event, place) => rowOf(event, place, now));
  await db.write((tx) => insertTelemetry(tx, rows));
  return { inserted: rows.length };
}
