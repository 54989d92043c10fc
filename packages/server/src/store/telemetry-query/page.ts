import { toApiTime } from '@kernelci/model';
import { COST, type Reading, rows } from '../node-query/reading.ts';
import { join, name, sql } from '../node-query/sql.ts';
import { TELEMETRY_COLUMNS, type TelemetryRow } from '../telemetry.ts';
import { conditionOf, driverOf, type Range, type TelemetryFilter } from './filter.ts';
import { slicesOf } from './slices.ts';

export interface TelemetryPageQuery {
  filter: TelemetryFilter;
  limit: number;
  offset: number;
}

export interface FoundTelemetry {
  total: number;
  /** The inside of a JSON list. */
  text: AsyncIterable<string>;
}

interface Counted extends Range {
  matches: number;
}

/** Rows that are answered in one piece of text. */
const PIECE = 500;
const COLUMNS = join(TELEMETRY_COLUMNS.map(name));

async function countSlices(reading: Reading, filter: TelemetryFilter): Promise<Counted[]> {
  const from = reading.source.from('telemetry', driverOf(filter).index);
  const counted: Counted[] = [];
  for await (const { entries, ...range } of slicesOf(reading, filter)) {
    reading.expect((entries ?? 0) * COST.lookup);
    const [found] = await rows<{ n: number }>(
      reading,
      sql`select count(*) as n from ${from} where ${conditionOf(filter, range)}`,
    );
    counted.push({ ...range, matches: found?.n ?? 0 });
  }
  return counted;
}

type StoredRow = TelemetryRow & { seq: number };

/** The keys are in the order of the columns. */
function itemText({ seq: _, extra, ...row }: StoredRow): string {
  const item = { ...row, ts: toApiTime(row.ts), is_infra_error: row.is_infra_error === 1 };
  return `${JSON.stringify(item).slice(0, -1)},"extra":${extra}}`;
}

/** Where a list goes on: behind the row. */
interface Place {
  ts: number;
  seq: number;
}

/** Rows of the slice from there on, a few at a time. */
async function* rowsOf(
  reading: Reading,
  filter: TelemetryFilter,
  range: Range,
  { skip, take }: { skip: number; take: number },
): AsyncGenerator<StoredRow[], void> {
  const table = reading.source.from('telemetry', driverOf(filter).index);
  let last: Place | undefined;
  for (let left = take; left > 0; ) {
    const condition = conditionOf(filter, { ...range, to: last?.ts ?? range.to });
    const behind = last ? sql`and (ts < ${last.ts} or seq > ${last.seq})` : sql``;
    const offset = last ? sql`` : sql`offset ${skip}`;
    const found = await rows<StoredRow>(
      reading,
      sql`select seq, ${COLUMNS} from ${table} where ${condition} ${behind}
        order by ts desc, seq limit ${Math.min(PIECE, left)} ${offset}`,
    );
    last = found.at(-1);
    if (last === undefined) return;
    left -= found.length;
    yield found;
  }
}

async function* textOf(
  reading: Reading,
  { filter, limit, offset }: TelemetryPageQuery,
  slices: readonly Counted[],
): AsyncGenerator<string, void> {
  let skip = offset;
  let left = limit;
  let separator = '';
  for (const { matches, ...range } of slices) {
    const take = Math.min(left, matches - skip);
    if (take > 0) {
      for await (const found of rowsOf(reading, filter, range, { skip, take })) {
        yield separator + found.map(itemText).join(',');
        separator = ',';
      }
      left -= take;
    }
    skip = Math.max(0, skip - matches);
    if (left <= 0) return;
  }
}

/** One page of the telemetry that fits, the newest first, those of one moment as they came. */
export async function findTelemetry(reading: Reading, query: TelemetryPageQuery): Promise<FoundTelemetry> {
  const slices = await countSlices(reading, query.filter);
  const total = slices.reduce((sum, { matches }) => sum + matches, 0);
  return { total, text: textOf(reading, query, slices) };
}
