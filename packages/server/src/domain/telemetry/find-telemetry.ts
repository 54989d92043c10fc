import type { FoundTelemetry } from '../../store/telemetry-query/page.ts';
import type { Uses } from '../services.ts';
import { limited, textLimited } from './limits.ts';
import { parseTelemetryFilter } from './telemetry-filter.ts';

export interface TelemetryRequest {
  /** As in a query string. */
  conditions: Readonly<Record<string, string>>;
  limit: number;
  offset: number;
}

const NOTHING: FoundTelemetry = { total: 0, text: (async function* () {})() };

/** One page of the telemetry that fits, the newest first. Throws `bad_value`. */
export async function findTelemetry(
  { db }: Uses<'db'>,
  { conditions, limit, offset }: TelemetryRequest,
  signal: AbortSignal,
): Promise<FoundTelemetry & { unknownFields: string[] }> {
  const { filter, unknownFields } = parseTelemetryFilter(conditions);
  if (unknownFields.length > 0) return { ...NOTHING, unknownFields };
  const { total, text } = await limited(db.telemetryReads.find({ filter, limit, offset }, signal));
  return { total, text: textLimited(text), unknownFields };
}
