import { join, name, type Sql, sql } from '../node-query/sql.ts';

/** What lists and counts can be asked for by its value. */
export const FILTER_COLUMNS = [
  ...(['id', 'kind', 'runtime', 'device_type', 'device_id', 'job_name', 'test_name', 'job_id'] as const),
  ...(['node_id', 'tree', 'branch', 'arch', 'result', 'error_type', 'error_msg'] as const),
] as const;
export type FilterColumn = (typeof FILTER_COLUMNS)[number];

/** Which telemetry is asked for: all that holds for what is given. */
export interface TelemetryFilter {
  /** Epoch milliseconds, both included. */
  since?: number;
  until?: number;
  isInfraError?: boolean;
  /** The value of each column; null: it has none. */
  equal: Partial<Record<FilterColumn, string | null>>;
  /** Only events that name their device. */
  withDevice?: boolean;
}

export interface Range {
  /** Epoch milliseconds, both included. */
  from: number;
  to: number;
}

/** The whole time that the filter leaves. */
export const rangeOf = ({ since, until }: TelemetryFilter): Range => ({
  from: since ?? -Number.MAX_SAFE_INTEGER,
  to: until ?? Number.MAX_SAFE_INTEGER,
});

/** An index, and what of the filter it answers by itself. */
export interface Driver {
  index: string;
  condition: Sql | null;
}

const isEqual = (column: FilterColumn, value: string): Sql => sql`${name(column)} = ${value}`;

/** The columns that have an index with the time behind them, the most telling first. */
const INDEXED = ['id', 'node_id', 'job_name', 'device_id'] as const;

/** The index by which what is asked for is looked through. */
export function driverOf({ equal, isInfraError }: TelemetryFilter): Driver {
  const by = (column: FilterColumn): Driver | undefined => {
    const value = equal[column];
    if (value === undefined || value === null) return undefined;
    const index = column === 'id' ? 'uq__telemetry__id' : `telemetry_by_${column}`;
    return { index, condition: isEqual(column, value) };
  };
  for (const column of INDEXED) {
    const driver = by(column);
    if (driver) return driver;
  }
  // The index is of rows with just this condition, so it has to stand there as it is.
  if (isInfraError) return { index: 'telemetry_infra_errors', condition: sql`is_infra_error = 1` };
  return by('runtime') ?? by('kind') ?? { index: 'telemetry_by_ts', condition: null };
}

/** All that the filter asks for, within the range. */
export function conditionOf(filter: TelemetryFilter, { from, to }: Range): Sql {
  const { equal, isInfraError, withDevice } = filter;
  const conditions: Sql[] = [sql`ts between ${from} and ${to}`];
  for (const column of FILTER_COLUMNS) {
    const value = equal[column];
    if (value !== undefined)
      conditions.push(value === null ? sql`${name(column)} is null` : isEqual(column, value));
  }
  if (isInfraError !== undefined)
    conditions.push(isInfraError ? sql`is_infra_error = 1` : sql`is_infra_error = 0`);
  if (withDevice) conditions.push(sql`device_id <> ''`);
  return join(conditions, ' and ');
}
