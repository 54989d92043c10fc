import { all, type Column, ODD_VALUE, ref } from './columns.ts';
import { chooseDriver, costOf, readsRows } from './driver.ts';
import { matchesAmong } from './matches.ts';
import { COST, type Reading, rows } from './reading.ts';
import { rowsInOrder } from './rows-in-order.ts';
import { isExact, type Selection } from './selection.ts';
import { type Sql, sql } from './sql.ts';
import { seqBounds } from './walk.ts';

async function countRows(
  reading: Reading,
  index: string | null | undefined,
  where: readonly Sql[],
): Promise<number> {
  const from = reading.source.from('nodes', index);
  const query = sql`select count(*) as n from ${from} where ${all(where)}`;
  return (await rows<{ n: number }>(reading, query))[0]?.n ?? 0;
}

/** The rows for which the database's answer is final and yes. */
async function countSure(reading: Reading, s: Selection): Promise<number> {
  if (s.tests.length === 0) return countRows(reading, undefined, []);
  const exact = s.tests.map((test) => test.exact);
  const driver = await chooseDriver(reading, s);
  const bounds = await seqBounds(reading);
  if (bounds === undefined) return 0;
  const total = bounds.last - bounds.first + 1;
  if (driver?.entries != null && s.odd.length === 0 && !readsRows(s, driver)) return driver.entries;
  const byDriver = driver === undefined ? Number.POSITIVE_INFINITY : costOf(s, driver, total);
  reading.expect(Math.min(byDriver, total * COST.row));
  if (driver === undefined || byDriver > total * COST.row) return countRows(reading, null, exact);
  return countRows(reading, driver.column.index, [...new Set([...driver.covered, ...exact])]);
}

const oddIn = (s: Selection, column: Column): Selection => {
  const candidate = sql`${ref(column.name)} = ${ODD_VALUE}`;
  const listed = { values: [ODD_VALUE], nothing: false };
  return { ...s, tests: [...s.tests, { column, exact: candidate, candidate, listed }] };
};

/** The nodes of which a column holds `ODD_VALUE` and whose documents match. */
async function countOdd(reading: Reading, s: Selection): Promise<number> {
  const found = new Set<number>();
  for (const column of s.odd) {
    for await (const matches of matchesInOrder(reading, oddIn(s, column))) {
      for (const { seq } of matches) found.add(seq);
    }
  }
  return found.size;
}

const matchesInOrder = (reading: Reading, s: Selection) => {
  const order = { field: null, descending: false };
  const candidates = rowsInOrder(reading, s, { order, after: null, wanted: Number.POSITIVE_INFINITY });
  return matchesAmong(reading, s, candidates);
};

/** Whether each candidate has to be looked at here, because the database cannot tell. */
export const looksAtAll = (s: Selection): boolean => s.hints !== null || s.valueTests.length > 0;

/** How many nodes match. */
export async function countMatches(reading: Reading, s: Selection): Promise<number> {
  if (isExact(s)) return countSure(reading, s);
  if (!looksAtAll(s)) {
    return (await countSure(reading, s)) + (await countOdd(reading, s));
  }
  let n = 0;
  for await (const matches of matchesInOrder(reading, s)) n += matches.length;
  return n;
}
