import { countMatches } from './count.ts';
import { chooseDriver, readsRows } from './driver.ts';
import { matchesAmong } from './matches.ts';
import { type Reading, rows } from './reading.ts';
import { type Row, rowQuery } from './row-query.ts';
import { isExact, type Selection } from './selection.ts';
import { join, sql } from './sql.ts';
import { seqBounds } from './walk.ts';

const SAMPLE = 1000;
/** Documents cost more than columns. */
const SAMPLE_OF_DOCUMENTS = 250;
/** With no more than so many entries of its index to look at, or rows behind them, a selection is counted. */
const COUNTED_ENTRIES = 30_000;
const COUNTED_ROWS = 10_000;

export interface Total {
  total: number;
  kind: 'exact' | 'estimate';
}

/** Numbers spread over the whole range, one at a place of its own in each part. */
function spread(first: number, last: number, parts: number): number[] {
  const width = (last - first + 1) / parts;
  const numbers = Array.from({ length: parts }, (_, i) => first + Math.floor((i + Math.random()) * width));
  return [...new Set(numbers)];
}

/** Judges by a sample how many of all nodes match. */
async function judge(reading: Reading, s: Selection): Promise<number> {
  const bounds = await seqBounds(reading);
  if (bounds === undefined) return 0;
  const { first, last } = bounds;
  const sample = spread(first, last, s.hints === null ? SAMPLE : SAMPLE_OF_DOCUMENTS);
  const query = rowQuery(reading, s, {
    // By the rows' numbers: another index would be searched from end to end.
    index: null,
    within: [sql`seq in (${join(sample)})`],
    where: s.tests.map(({ candidate }) => candidate),
    apart: true,
    order: { column: undefined, descending: false },
    limit: null,
  });
  const candidates = await rows<Row>(reading, query);
  let found = 0;
  const asStream = (async function* () {
    yield candidates;
  })();
  for await (const matches of matchesAmong(reading, s, asStream)) found += matches.length;
  return Math.round((found / sample.length) * (last - first + 1));
}

/** How many nodes match: counted when that is quick, judged otherwise. */
export async function estimateMatches(reading: Reading, s: Selection): Promise<Total> {
  const driver = await chooseDriver(reading, s);
  const expected = driver?.expected ?? Number.POSITIVE_INFINITY;
  const few = driver !== undefined && expected <= (readsRows(s, driver) ? COUNTED_ROWS : COUNTED_ENTRIES);
  if (few && isExact(s)) return { total: await countMatches(reading, s), kind: 'exact' };
  return { total: await judge(reading, s), kind: 'estimate' };
}
