import { type Reading, rows } from '../node-query/reading.ts';
import { sql } from '../node-query/sql.ts';
import { driverOf, type Range, rangeOf, type TelemetryFilter } from './filter.ts';

export interface Slice extends Range {
  /** Entries of the driving index in it; null when they were not counted. */
  entries: number | null;
}

/**
 * The time that the filter leaves, the newest first, in slices that one statement looks through without holding up
 * others for long: only what happened in one millisecond is never cut apart.
 */
export async function* slicesOf(reading: Reading, filter: TelemetryFilter): AsyncGenerator<Slice, void> {
  const { sliceRows, source } = reading;
  const { from, to } = rangeOf(filter);
  if (sliceRows === null) {
    yield { from, to, entries: null };
    return;
  }
  const { index, condition } = driverOf(filter);
  const also = condition === null ? sql`` : sql`${condition} and`;
  for (let top = to; top >= from; ) {
    const [found] = await rows<{ entries: number; oldest: number | null }>(
      reading,
      sql`select count(*) as entries, min(ts) as oldest from (select ts from ${source.from('telemetry', index)}
        where ${also} ts between ${from} and ${top} order by ts desc limit ${sliceRows}) as newest`,
    );
    const { entries, oldest } = found ?? { entries: 0, oldest: null };
    if (oldest === null) return;
    if (entries < sliceRows) {
      yield { from, to: top, entries };
      return;
    }
    // Others of the oldest moment may lie behind the limit: they belong to the next slice, with those found.
    const start = oldest === top ? top : oldest + 1;
    yield { from: start, to: top, entries };
    top = start - 1;
  }
}
