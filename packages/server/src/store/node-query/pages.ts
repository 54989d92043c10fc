import type { Position } from './filter.ts';
import type { Reading } from './reading.ts';
import { rows } from './reading.ts';
import type { Row } from './row-query.ts';

const FIRST_MAX = 1000;
const PAGE_MAX = 16_000;
const GROWTH = 4;

/** How many rows to ask for first when so many are wanted. */
const firstPage = (wanted: number): number => Math.max(1, Math.min(wanted, FIRST_MAX));

type PageQuery = (after: Position | null, limit: number) => Parameters<typeof rows<Row>>[1];

/**
 * Asks for one page of rows after the other, each where the one before ended. Pages grow: every one of them costs a
 * search of the whole range.
 */
export async function* pages(
  reading: Reading,
  options: { after: Position | null; wanted: number; micros: number },
  query: PageQuery,
): AsyncGenerator<Row[], void> {
  let { after } = options;
  for (let limit = firstPage(options.wanted); ; limit = Math.min(limit * GROWTH, PAGE_MAX)) {
    reading.expect(options.micros + limit);
    const found = await rows<Row>(reading, query(after, limit));
    if (found.length > 0) yield found;
    const last = found.at(-1);
    if (found.length < limit || last === undefined) return;
    after = { seq: last.seq, key: last.key };
  }
}
