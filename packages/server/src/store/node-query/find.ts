import { countMatches, looksAtAll } from './count.ts';
import { chooseDriver } from './driver.ts';
import { estimateMatches, type Total } from './estimate.ts';
import type { NodeQuery, Position, TotalKind } from './filter.ts';
import { matchesAmong } from './matches.ts';
import { pageText } from './page-text.ts';
import { COST, type Reading } from './reading.ts';
import { rowsInOrder } from './rows-in-order.ts';
import { type Selection, select } from './selection.ts';

export interface FoundNodes {
  /** Null when it was not asked for. */
  total: Total | null;
  /** Where the page ends, when there is more behind it. */
  next: Position | null;
  /** The documents, separated by commas: the inside of a JSON list. */
  text: AsyncIterable<string>;
}

interface Page {
  seqs: number[];
  next: Position | null;
  /** How many match, when all were looked at. */
  counted: number | null;
}

async function* nothing(): AsyncGenerator<never, void> {}

const matchesOf = (reading: Reading, s: Selection, query: NodeQuery) => {
  const { order, after, offset, limit } = query;
  const wanted = limit === null ? Number.POSITIVE_INFINITY : offset + limit + 1;
  return matchesAmong(reading, s, rowsInOrder(reading, s, { order, after, wanted }));
};

/** The matches of one page; goes on to count the others when `all` are to be looked at. */
async function readPage(
  reading: Reading,
  s: Selection,
  query: NodeQuery & { limit: number },
  all: boolean,
): Promise<Page> {
  const { offset, limit } = query;
  const seqs: number[] = [];
  let last: Position | null = null;
  let passed = 0;
  for await (const matches of matchesOf(reading, s, query)) {
    const begin = Math.max(offset - passed, 0);
    for (const match of matches.slice(begin, Math.max(offset + limit - passed, 0))) {
      seqs.push(match.seq);
      last = match;
    }
    passed += matches.length;
    if (!all && passed > offset + limit) break;
  }
  return { seqs, next: passed > offset + limit ? last : null, counted: all ? passed : null };
}

async function* withoutFirst(
  chunks: AsyncIterable<Position[]>,
  offset: number,
): AsyncGenerator<number[], void> {
  let left = offset;
  for await (const matches of chunks) {
    if (left < matches.length) yield matches.slice(left).map(({ seq }) => seq);
    left = Math.max(left - matches.length, 0);
  }
}

/** All that match, read as they are answered. */
async function findAll(reading: Reading, s: Selection, query: NodeQuery): Promise<FoundNodes> {
  const driver = await chooseDriver(reading, s);
  reading.expect((driver?.entries ?? Number.POSITIVE_INFINITY) * COST.document);
  const seqs = withoutFirst(matchesOf(reading, s, query), query.offset);
  return { total: null, next: null, text: pageText(reading, seqs, query.fields) };
}

/** How many match, when the page is the last one and shows it. */
function countedBy({ seqs, next }: Page, { after, offset, total }: NodeQuery): number | null {
  const isLast = next === null && after === null && (seqs.length > 0 || offset === 0);
  return isLast && total !== 'none' ? offset + seqs.length : null;
}

const exactly = (total: number): Total => ({ total, kind: 'exact' });

async function totalOf(reading: Reading, s: Selection, kind: TotalKind): Promise<Total | null> {
  if (kind === 'exact') return exactly(await countMatches(reading, s));
  return kind === 'estimate' ? estimateMatches(reading, s) : null;
}

/**
 * The nodes that match, in the order that is asked for. Without a limit they are read while they are answered, and
 * not counted.
 */
export async function findNodes(reading: Reading, query: NodeQuery): Promise<FoundNodes> {
  const { limit } = query;
  const s = query.filter === null ? undefined : await select(reading, query.filter);
  if (s === undefined) {
    return {
      total: query.total === 'none' ? null : { total: 0, kind: 'exact' },
      next: null,
      text: nothing(),
    };
  }
  if (limit === null) return findAll(reading, s, query);
  // When not the database tells, counting looks at each node: the page is found on the way.
  const alongside = query.total === 'exact' && query.after === null && looksAtAll(s);
  const page = await readPage(reading, s, { ...query, limit }, alongside);
  const known = page.counted ?? countedBy(page, query);
  const total = known === null ? await totalOf(reading, s, query.total) : exactly(known);
  reading.expect(page.seqs.length * COST.document);
  return { total, next: page.next, text: pageText(reading, [page.seqs], query.fields) };
}

/** How many nodes match. */
export async function countNodes(reading: Reading, filter: NodeQuery['filter']): Promise<number> {
  const s = filter === null ? undefined : await select(reading, filter);
  return s === undefined ? 0 : countMatches(reading, s);
}
