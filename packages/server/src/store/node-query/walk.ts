import { all, ref } from './columns.ts';
import type { Position } from './filter.ts';
import { COST, type Reading, rows } from './reading.ts';
import { beside, orderBy, type Row, type RowOrder, rowQuery } from './row-query.ts';
import type { Selection } from './selection.ts';
import { type Sql, sql } from './sql.ts';

/** Where a walk stands when its budget is spent; null when it has come to the end. */
export type Rest = Position | null;

/** The first and the last number of a node; undefined when there are none. */
export async function seqBounds(reading: Reading): Promise<{ first: number; last: number } | undefined> {
  const query = sql`
    select (select min(seq) from nodes) as first, (select max(seq) from nodes) as last`;
  const [found] = await rows<{ first: number | null; last: number | null }>(reading, query);
  return found && found.first !== null && found.last !== null
    ? { first: found.first, last: found.last }
    : undefined;
}

/** What a walk in the order takes for each row, in microseconds. */
export const costOfRow = ({ column }: RowOrder): number => (column === undefined ? COST.row : COST.lookup);

type NextEnd = (from: Position | null, step: number) => Promise<Position | null>;

/** Where a step of so many numbers ends; null behind the last. */
async function seqSteps(reading: Reading, descending: boolean): Promise<NextEnd> {
  const bounds = await seqBounds(reading);
  if (bounds === undefined) return async () => null;
  const { first, last } = bounds;
  return async (from, step) => {
    if (descending) {
      const at = from === null ? last + 1 : from.seq;
      return at <= first ? null : { seq: Math.max(at - step, first), key: null };
    }
    const at = from === null ? first - 1 : from.seq;
    return at >= last ? null : { seq: Math.min(at + step, last), key: null };
  };
}

/** Where a step of so many rows ends in the order of an indexed column; null behind the last. */
function indexSteps(reading: Reading, order: RowOrder & { column: object }): NextEnd {
  const { column } = order;
  const end = async (from: Position | null, where: 'last' | number): Promise<Position | null> => {
    const behind = from === null ? sql`${ref(column.name)} is not null` : beside(order, 'behind', from);
    const turned = where === 'last' ? { ...order, descending: !order.descending } : order;
    const query = sql`
      select seq, ${ref(column.name)} as key from ${reading.source.from('nodes', column.index)}
      where ${behind} order by ${orderBy(turned)} limit 1 offset ${where === 'last' ? 0 : where - 1}`;
    return (await rows<Position>(reading, query))[0] ?? null;
  };
  return async (from, step) => (await end(from, step)) ?? (await end(from, 'last'));
}

/** Leaves out rows whose documents cannot match. */
function hinted({ hints }: Selection): Sql[] {
  if (hints === null || hints.length === 0) return [];
  return [sql`exists(select 1 from node_docs where node_docs.seq = node.seq and ${all(hints)})`];
}

/**
 * Goes through all rows in their order, a step at a time, and answers those that the database finds to match. Steps
 * grow while little is found. Ends when about `budget` rows have been looked at.
 */
export async function* walk(
  reading: Reading,
  s: Selection,
  order: RowOrder,
  options: { after: Position | null; budget: number; step?: number },
): AsyncGenerator<Row[], Rest> {
  const { column } = order;
  const nextEnd =
    column === undefined
      ? await seqSteps(reading, order.descending)
      : indexSteps(reading, { ...order, column });
  const index = column === undefined ? null : column.index;
  const perRow = costOfRow(order);
  const where = [...s.tests.map(({ candidate }) => candidate), ...hinted(s)];
  // Looking into documents takes long enough as it is.
  const stepMax = where.length > s.tests.length ? reading.stepRows : reading.stepRows * 4;
  let from = options.after;
  let step = options.step ?? reading.stepRows;
  for (let looked = 0; looked < options.budget; ) {
    const end = await nextEnd(from, step);
    if (end === null) return null;
    reading.expect(step * perRow);
    const behind = from === null ? [] : [beside(order, 'behind', from)];
    const within = [...behind, beside(order, 'upTo', end)];
    const found = await rows<Row>(
      reading,
      rowQuery(reading, s, { index, within, where, apart: true, order, limit: null }),
    );
    looked += step;
    from = end;
    if (found.length > 0) yield found;
    if (found.length < step / 16) step = Math.min(step * 2, stepMax);
  }
  return from;
}
