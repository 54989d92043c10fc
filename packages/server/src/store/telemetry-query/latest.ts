import { type Reading, rows } from '../node-query/reading.ts';
import { join, name, type Sql, sql } from '../node-query/sql.ts';
import { conditionOf } from './filter.ts';
import type { GroupColumn, TelemetryGroup, TelemetryGroupsQuery } from './groups.ts';

/** What the last event of a group says of an error. */
export interface LatestError {
  type: string | null;
  msg: string | null;
}

/** Groups that one statement asks about. */
const GROUPS = 100;

function isIn(columns: readonly GroupColumn[], { by }: TelemetryGroup): Sql {
  const conditions = columns.map((column, i) => {
    const value = by[i] ?? null;
    return value === null ? sql`${name(column)} is null` : sql`${name(column)} = ${value}`;
  });
  return join(conditions, ' and ');
}

/** The error of the last event of each group, in the order of the groups. */
export async function latestErrors(
  reading: Reading,
  { filter, by, kinds }: TelemetryGroupsQuery,
  groups: readonly TelemetryGroup[],
): Promise<LatestError[]> {
  // Few events are of the very moment of the group's last one.
  const table = reading.source.from('telemetry', 'telemetry_by_ts');
  const isOfKind = kinds === undefined ? sql`` : sql`and kind in (${join([...kinds])})`;
  const latest: LatestError[] = [];
  for (let at = 0; at < groups.length; at += GROUPS) {
    const lookups = groups.slice(at, at + GROUPS).map((group, i) => {
      const moment = conditionOf(filter, { from: group.last_seen, to: group.last_seen });
      return sql`select * from (select ${i} as place, error_type as type, error_msg as msg from ${table}
        where ${moment} ${isOfKind} and ${isIn(by, group)} order by seq limit 1) as latest`;
    });
    const found = await rows<LatestError & { place: number }>(reading, join(lookups, ' union all '));
    for (const { place, type, msg } of found) latest[at + Number(place)] = { type, msg };
  }
  return latest;
}
