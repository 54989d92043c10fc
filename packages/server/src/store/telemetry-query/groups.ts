import { COST, type Reading, type ReadSource, rows } from '../node-query/reading.ts';
import { join, name, type Sql, sql } from '../node-query/sql.ts';
import { conditionOf, driverOf, type FilterColumn, type Range, type TelemetryFilter } from './filter.ts';
import { type LatestError, latestErrors } from './latest.ts';
import { slicesOf } from './slices.ts';

export type GroupColumn = FilterColumn | 'is_infra_error';
type GroupValue = string | number | null;

export interface TelemetryGroupsQuery {
  filter: TelemetryFilter;
  by: readonly GroupColumn[];
  /** Only of these kinds, each looked through by itself; the filter then asks for none. */
  kinds?: readonly string[];
  /** Only groups of so many events, of which so large a part failed or met errors of the infrastructure. */
  atLeast?: { total: number; rate: number };
  /** Each with the error of its last event. */
  withLatest?: boolean;
}

export interface TelemetryGroup {
  /** The values that the group has in common, in the order of the columns. */
  by: GroupValue[];
  total: number;
  pass: number;
  fail: number;
  incomplete: number;
  skip: number;
  infra_error: number;
  /** When its last event happened, epoch milliseconds. */
  last_seen: number;
  latest?: LatestError;
}

/** More groups than this are of no use to anybody, and take their place in memory. */
const GROUPS_MAX = 10_000;

/** There are too many groups to be counted at once. */
export class TooManyGroups extends Error {
  override readonly name = 'TooManyGroups';
  readonly limit: number;

  constructor(limit: number) {
    super(`there are more than ${limit} groups`);
    this.limit = limit;
  }
}

const counted = (result: string): Sql => sql`count(*) filter (where result = ${result}) as ${name(result)}`;
const COUNTS = join([
  sql`count(*) as total`,
  ...['pass', 'fail', 'incomplete', 'skip'].map(counted),
  sql`count(*) filter (where is_infra_error = 1) as infra_error`,
  sql`max(ts) as last_seen`,
]);

type GroupRow = Omit<TelemetryGroup, 'by' | 'latest'> & Record<string, GroupValue>;

/** Counts one slice by the columns, whose values are then called `by0`, `by1`, … */
function sliceGroups(
  { from, apart }: ReadSource,
  filter: TelemetryFilter,
  by: readonly GroupColumn[],
  range: Range,
): Sql {
  const values = by.map((_, i) => name(`by${i}`));
  const named = by.map((column, i) => sql`${name(column)} as ${name(`by${i}`)}`);
  const table = from('telemetry', driverOf(filter).index);
  // Left to find its own way, an engine may go by an index in the order of the groups, through all the time there is.
  return sql`select ${join([...values, COUNTS])} from (select ${join(named)}, result, is_infra_error, ts from ${table}
    where ${conditionOf(filter, range)} ${apart}) as chosen group by ${join(values)} limit ${GROUPS_MAX + 1}`;
}

function add(groups: Map<string, TelemetryGroup>, row: GroupRow, width: number): void {
  const by = Array.from({ length: width }, (_, i) => row[`by${i}`] ?? null);
  const key = JSON.stringify(by);
  const { total, pass, fail, incomplete, skip, infra_error, last_seen } = row;
  const known = groups.get(key);
  if (known === undefined) {
    groups.set(key, { by, total, pass, fail, incomplete, skip, infra_error, last_seen });
    return;
  }
  known.total += total;
  known.pass += pass;
  known.fail += fail;
  known.incomplete += incomplete;
  known.skip += skip;
  known.infra_error += infra_error;
  known.last_seen = Math.max(known.last_seen, last_seen);
}

function reaches(group: TelemetryGroup, { total, rate }: { total: number; rate: number }): boolean {
  const part = Math.max(group.infra_error, group.fail + group.incomplete) / group.total;
  return group.total >= total && part >= rate;
}

/** The largest first; those of one size by their values. */
const inOrder = (a: TelemetryGroup, b: TelemetryGroup): number => {
  if (a.total !== b.total) return b.total - a.total;
  return JSON.stringify(a.by) < JSON.stringify(b.by) ? -1 : 1;
};

const ofKind = (filter: TelemetryFilter, kind: string): TelemetryFilter => ({
  ...filter,
  equal: { ...filter.equal, kind },
});

/** How much telemetry there is of each combination of values. Throws `TooManyGroups`. */
export async function groupTelemetry(
  reading: Reading,
  query: TelemetryGroupsQuery,
): Promise<TelemetryGroup[]> {
  const { filter, by, kinds, atLeast, withLatest } = query;
  const groups = new Map<string, TelemetryGroup>();
  for (const part of kinds?.map((kind) => ofKind(filter, kind)) ?? [filter]) {
    for await (const { entries, ...range } of slicesOf(reading, part)) {
      reading.expect((entries ?? 0) * COST.lookup);
      for (const row of await rows<GroupRow>(reading, sliceGroups(reading.source, part, by, range)))
        add(groups, row, by.length);
      if (groups.size > GROUPS_MAX) throw new TooManyGroups(GROUPS_MAX);
    }
  }
  const all = [...groups.values()].sort(inOrder);
  const wanted = atLeast === undefined ? all : all.filter((group) => reaches(group, atLeast));
  if (!withLatest) return wanted;
  const latest = await latestErrors(reading, query, wanted);
  return wanted.map((group, i) => ({ ...group, latest: latest[i] ?? { type: null, msg: null } }));
}
