import { type Column, CREATED, columnAt, ref } from './columns.ts';
import { chooseDriver, costOf, type Driver, driverOf, isWide, readsRows } from './driver.ts';
import type { NodeOrder, Position } from './filter.ts';
import { creationRanges, mergeQuery, type Range } from './merge.ts';
import { pages } from './pages.ts';
import { type Reading, rows } from './reading.ts';
import { beside, type Row, type RowOrder, rowQuery } from './row-query.ts';
import type { Selection } from './selection.ts';
import { sql } from './sql.ts';
import { costOfRow, seqBounds, walk } from './walk.ts';

interface Way {
  order: RowOrder;
  after: Position | null;
  /** How many rows will be wanted, as far as is known. */
  wanted: number;
  driver: Driver | undefined;
  /** What reading all that matches takes, in microseconds. */
  micros: number;
}

type Rows = AsyncGenerator<Row[], void>;

/** Finds everything through the driver's index and sorts it. */
function sorted(reading: Reading, s: Selection, driver: Driver, way: Way): Rows {
  const { order } = way;
  // Along its own index a column is in order already.
  const apart = driver.column.name !== order.column?.name;
  return pages(reading, way, (after, limit) =>
    rowQuery(reading, s, {
      index: driver.column.index,
      within: [...driver.covered, ...(after === null ? [] : [beside(order, 'behind', after)])],
      where: driver.rest,
      apart,
      order,
      limit,
    }),
  );
}

/** Finds everything in the ranges of the driver's index that have it in the order of creation already. */
function merged(reading: Reading, s: Selection, driver: Driver, ranges: readonly Range[], way: Way): Rows {
  return pages(reading, way, (after, limit) =>
    mergeQuery(reading, s, { driver, ranges, order: way.order, after, limit }),
  );
}

/** Whether what the driver finds begins behind so many rows: judged by creation, the time of which is in the index. */
async function beginsBehind(
  reading: Reading,
  s: Selection,
  driver: Driver,
  options: { descending: boolean; distance: number },
): Promise<boolean> {
  const { descending, distance } = options;
  const ranges = creationRanges(s, driver);
  const bounds = ranges && (await seqBounds(reading));
  if (ranges === undefined || bounds === undefined) return false;
  const order = { column: CREATED, descending };
  const ofIndex = { ...driver, rest: [] };
  const query = mergeQuery(reading, s, { driver: ofIndex, ranges, order, after: null, limit: 1 });
  const [first] = await rows<Row>(reading, query);
  if (first === undefined) return false;
  return (descending ? bounds.last - first.seq : first.seq - bounds.first) > distance;
}

/** Walks in the order for as long as to sort everything would take, then sorts. */
async function* walkOrSort(reading: Reading, s: Selection, way: Way): Rows {
  const { driver, order, after, micros } = way;
  if (driver === undefined) {
    yield* walk(reading, s, order, { after, budget: Number.POSITIVE_INFINITY });
    return;
  }
  if (micros <= reading.plainMicros) return yield* sorted(reading, s, driver, way);
  const distance = micros / costOfRow(order);
  const { descending } = order;
  const inVain =
    order.column === undefined &&
    after === null &&
    (await beginsBehind(reading, s, driver, { descending, distance }));
  if (inVain) return yield* sorted(reading, s, driver, way);
  const rest = yield* walk(reading, s, order, { after, budget: distance });
  if (rest !== null) yield* sorted(reading, s, driver, { ...way, after: rest });
}

async function* byCreation(reading: Reading, s: Selection, way: Way): Rows {
  const driver = way.driver ?? driverOf(s, CREATED);
  const ranges = creationRanges(s, driver);
  if (ranges === undefined) return yield* walkOrSort(reading, s, way);
  const micros = readsRows(s, driver) ? way.micros : 0;
  yield* merged(reading, s, driver, ranges, { ...way, micros });
}

/** The selection with one condition more. */
function having(s: Selection, column: Column, value: 'some' | 'none'): Selection {
  const candidate =
    value === 'some' ? sql`${ref(column.name)} is not null` : sql`${ref(column.name)} is null`;
  const listed = value === 'some' ? {} : { listed: { values: [], nothing: true } };
  return { ...s, tests: [...s.tests, { column, exact: candidate, candidate, ...listed }] };
}

/** By a field that need not be there: nodes without a value come first, and last when descending. */
async function* byField(reading: Reading, s: Selection, column: Column, way: Way): Rows {
  const { order, after, wanted } = way;
  const some = having(s, column, 'some');
  const cheap = way.driver !== undefined && way.micros <= reading.plainMicros ? way.driver.column : column;
  const withValue = (from: Position | null) =>
    sorted(reading, some, driverOf(some, cheap), { ...way, after: from });
  const without = (from: Position | null) =>
    rowsInOrder(reading, having(s, column, 'none'), {
      order: { field: null, descending: order.descending },
      after: from,
      wanted,
    });
  const isInNone = after !== null && after.key === null;
  if (order.descending) {
    if (!isInNone) yield* withValue(after);
    yield* without(isInNone ? after : null);
  } else {
    if (after === null || isInNone) yield* without(after);
    yield* withValue(isInNone ? null : after);
  }
}

/** Of a page that so few are wanted for, the first rows in the order may well have them all. */
const FEW = 300;
/** Rows to look at before anything is found out about the selection. */
const GLANCE = { bySeq: { step: 1024, budget: 4096 }, byCreation: { step: 256, budget: 1024 } };

/** Looks at the first rows when what is asked for is common: most of the time that is all there is to do. */
async function* glance(
  reading: Reading,
  s: Selection,
  way: Pick<Way, 'order' | 'after' | 'wanted'>,
): AsyncGenerator<Row[], Position | null | 'untried'> {
  const { order, after, wanted } = way;
  const { column } = order;
  const isOrdered = column === undefined || column.name === 'created';
  if (wanted > FEW || !isOrdered || s.hints !== null || s.tests.length === 0) return 'untried';
  if (!(await isWide(reading, s))) return 'untried';
  return yield* walk(reading, s, order, { after, ...(column ? GLANCE.byCreation : GLANCE.bySeq) });
}

/** The rows that may match, in the order, from behind the position on. */
export async function* rowsInOrder(
  reading: Reading,
  s: Selection,
  options: { order: NodeOrder; after: Position | null; wanted: number },
): Rows {
  const { wanted } = options;
  const { field, descending } = options.order;
  const column = field === null ? undefined : columnAt(field.split('.'));
  const order = { column, descending };
  const rest = yield* glance(reading, s, { order, after: options.after, wanted });
  if (rest === null) return;
  const after = rest === 'untried' ? options.after : rest;
  const driver = await chooseDriver(reading, s);
  const bounds = await seqBounds(reading);
  if (bounds === undefined) return;
  const micros = driver === undefined ? 0 : costOf(s, driver, bounds.last - bounds.first + 1);
  const way: Way = { order, after, wanted, driver, micros };
  if (column === undefined || column.name === 'id') yield* walkOrSort(reading, s, way);
  else if (column.name === 'created') yield* byCreation(reading, s, way);
  else yield* byField(reading, s, column, way);
}
