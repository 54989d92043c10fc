import { type Reading, rows } from '../node-query/reading.ts';
import { join, name, type Sql, sql } from '../node-query/sql.ts';
import { conditionOf, rangeOf } from './filter.ts';
import type { GroupColumn, TelemetryGroup, TelemetryGroupsQuery } from './groups.ts';

/** What the last event of a group says of an error. */
export interface LatestError {
  type: string | null;
  msg: string | null;
}

/** Groups that one statement asks about. */
const GROUPS = 500;

/** The groups as rows of a table: their place in the list, the moment of their last event, and their values. */
function tableOf(by: readonly GroupColumn[], groups: readonly TelemetryGroup[]): Sql {
  const types = by.map((column) => (column === 'is_infra_error' ? sql`integer` : sql`text`));
  const lines = groups.map((group, place) => {
    const values = types.map((type, i) => sql`cast(${group.by[i] ?? null} as ${type})`);
    return sql`(${join([sql`cast(${place} as integer)`, sql`cast(${group.last_seen} as bigint)`, ...values])})`;
  });
  return sql`values ${join(lines)}`;
}

/** The error of the last event of each group, in the order of the groups. */
export async function latestErrors(
  reading: Reading,
  { filter, by, kinds }: TelemetryGroupsQuery,
  groups: readonly TelemetryGroup[],
): Promise<LatestError[]> {
  // Few events are of the very moment of the group's last one.
  const table = reading.source.from('telemetry', 'telemetry_by_ts');
  const columns = by.map((_, i) => name(`by${i}`));
  const isInGroup = by.map((column, i) => sql`${name(column)} is not distinct from ${name(`by${i}`)}`);
  const isOfKind = kinds === undefined ? [] : [sql`kind in (${join([...kinds])})`];
  const conditions = [sql`ts = moment`, ...isInGroup, ...isOfKind, conditionOf(filter, rangeOf(filter))];
  const latest: LatestError[] = [];
  for (let at = 0; at < groups.length; at += GROUPS) {
    const found = await rows<LatestError & { place: number }>(
      reading,
      sql`with wanted (${join([sql`place`, sql`moment`, ...columns])}) as (${tableOf(by, groups.slice(at, at + GROUPS))})
        select place, error_type as type, error_msg as msg
        from (select place, moment, (select min(seq) from ${table} where ${join(conditions, ' and ')}) as first from wanted) as found
        join telemetry on telemetry.seq = found.first and telemetry.ts = found.moment`,
    );
    for (const { place, type, msg } of found) latest[at + place] = { type, msg };
  }
  return latest;
}
