import { DomainError } from '../../errors.ts';
import {
  FILTER_COLUMNS,
  type FilterColumn,
  type TelemetryFilter,
} from '../../store/telemetry-query/filter.ts';
import { parseTime } from '../query/time.ts';

export interface ParsedFilter {
  filter: TelemetryFilter;
  /** Asked for, but nothing that telemetry has: nothing fits. */
  unknownFields: string[];
}

const isColumn = (name: string): name is FilterColumn => (FILTER_COLUMNS as readonly string[]).includes(name);

function refuseOperator(name: string): void {
  const [field = '', operator] = name.split('__');
  if (operator === undefined || !(isColumn(field) || field === 'is_infra_error')) return;
  throw new DomainError('bad_value', `${name}: telemetry is filtered by equal values only: ${field}=VALUE`);
}

function readFlag(value: string): boolean {
  if (value === 'true') return true;
  if (value === 'false') return false;
  throw new DomainError('bad_value', "Bad is_infra_error value, use 'true' or 'false'");
}

/** A lab is a runtime by its other name. */
function withoutLab(conditions: Readonly<Record<string, string>>): Record<string, string> {
  const { lab, ...rest } = conditions;
  if (lab === undefined) return rest;
  if (rest.runtime !== undefined && rest.runtime !== lab)
    throw new DomainError('bad_value', "'lab' and 'runtime' must match when both are provided");
  return { ...rest, runtime: lab };
}

/**
 * The filter that query parameters ask for: `since`, `until`, `is_infra_error`, and values of fields, with `null` for
 * none. Throws `bad_value`.
 */
export function parseTelemetryFilter(parameters: Readonly<Record<string, string>>): ParsedFilter {
  const { since, until, is_infra_error, ...conditions } = withoutLab(parameters);
  const filter: TelemetryFilter = { equal: {} };
  if (since !== undefined) filter.since = parseTime('since', since);
  if (until !== undefined) filter.until = parseTime('until', until);
  if (is_infra_error !== undefined) filter.isInfraError = readFlag(is_infra_error);
  const unknownFields: string[] = [];
  for (const [name, value] of Object.entries(conditions)) {
    refuseOperator(name);
    if (isColumn(name)) filter.equal[name] = value === 'null' ? null : value;
    else unknownFields.push(name);
  }
  return { filter, unknownFields };
}
