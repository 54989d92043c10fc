import { TELEMETRY_GROUP_FIELDS, type TelemetryGroupField, type TelemetryStats } from '@kernelci/model';
import { DomainError } from '../../errors.ts';
import type { GroupColumn, TelemetryGroup } from '../../store/telemetry-query/groups.ts';
import type { Uses } from '../services.ts';
import { limited } from './limits.ts';
import { parseTelemetryFilter } from './telemetry-filter.ts';

const isField = (name: string): name is TelemetryGroupField =>
  (TELEMETRY_GROUP_FIELDS as readonly string[]).includes(name);

const columnOf = (field: TelemetryGroupField): GroupColumn => (field === 'lab' ? 'runtime' : field);

/** The fields to group by, each once. Throws `bad_value`. */
function groupFields(groupBy: string | undefined): TelemetryGroupField[] {
  const names = (groupBy ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length === 0) throw new DomainError('bad_value', "'group_by' parameter is required");
  const unknown = names.filter((name) => !isField(name)).map((name) => `'${name}'`);
  if (unknown.length > 0)
    throw new DomainError('bad_value', `Invalid group_by fields: {${[...new Set(unknown)].join(', ')}}`);
  return [...new Set(names.filter(isField))];
}

function toStats(fields: readonly TelemetryGroupField[], group: TelemetryGroup): TelemetryStats {
  const { by, total, pass, fail, incomplete, skip, infra_error } = group;
  const values = fields.map((field, i) => {
    const value = by[i] ?? null;
    return [field, field === 'is_infra_error' ? value === 1 : value] as const;
  });
  return { ...Object.fromEntries(values), total, pass, fail, incomplete, skip, infra_error };
}

/**
 * How much telemetry there is of each combination of values, the most first.
 * @param conditions as in a query string
 * Throws `bad_value`.
 */
export async function telemetryStats(
  { db }: Uses<'db'>,
  { groupBy, conditions }: { groupBy: string | undefined; conditions: Readonly<Record<string, string>> },
  signal: AbortSignal,
): Promise<{ stats: TelemetryStats[]; unknownFields: string[] }> {
  const fields = groupFields(groupBy);
  const { filter, unknownFields } = parseTelemetryFilter(conditions);
  if (unknownFields.length > 0) return { stats: [], unknownFields };
  const groups = await limited(db.telemetryReads.groups({ filter, by: fields.map(columnOf) }, signal));
  return { stats: groups.map((group) => toStats(fields, group)), unknownFields };
}
