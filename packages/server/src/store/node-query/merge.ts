import { all, type Column, KIND, ref } from './columns.ts';
import { type Driver, KINDS } from './driver.ts';
import type { Position } from './filter.ts';
import type { Reading } from './reading.ts';
import { beside, orderBy, type RowOrder, selected } from './row-query.ts';
import type { Selection } from './selection.ts';
import { join, name, type Sql, sql } from './sql.ts';

/** More ranges than these are searched in one go and sorted. */
const RANGES_MAX = 64;

/** One value for each column that stands before the creation time in an index. */
export interface Range {
  columns: Column[];
  conditions: Sql[];
}

type Value = string | number | null;

/** The values that a test on the column lists; undefined when it does not, or there is none. */
function listedValues(s: Selection, column: Column): Value[] | undefined {
  const test = s.tests.find((one) => one.column.name === column.name && one.listed !== undefined);
  return test?.listed && [...test.listed.values, ...(test.listed.nothing ? [null] : [])];
}

const equal = (column: Column, value: Value): Sql =>
  value === null ? sql`${ref(column.name)} is null` : sql`${ref(column.name)} = ${value}`;

/**
 * The ranges of the driver's index, each of which has its entries in the order of creation, that together hold
 * everything selected; undefined when there are none such, or too many.
 */
export function creationRanges(s: Selection, driver: Driver): Range[] | undefined {
  const { column } = driver;
  if (column.name === 'created') return [{ columns: [], conditions: driver.covered }];
  if (column.name === 'id') return undefined;
  const kinds = listedValues(s, KIND) ?? KINDS;
  const values = column.name === 'kind' ? [] : listedValues(s, column);
  if (values === undefined || Math.max(values.length, 1) * kinds.length > RANGES_MAX) return undefined;
  const ofKinds = kinds.map((kind) => ({ columns: [KIND], conditions: [equal(KIND, kind)] }));
  const prefixes: Range[] =
    column.name === 'kind'
      ? ofKinds
      : values.flatMap((value) =>
          ofKinds.map((range) => ({
            columns: [column, ...range.columns],
            conditions: [equal(column, value), ...range.conditions],
          })),
        );
  return prefixes.map(({ columns, conditions }) => ({
    columns,
    conditions: [...conditions, ...driver.covered],
  }));
}

/** The first rows of all ranges behind the position, in the order of creation. */
export function mergeQuery(
  reading: Reading,
  s: Selection,
  options: {
    driver: Driver;
    ranges: readonly Range[];
    order: RowOrder;
    after: Position | null;
    limit: number;
  },
) {
  const { driver, ranges, order, after, limit } = options;
  const from = reading.source.from('nodes', driver.column.index);
  const behind = after === null ? [] : [beside(order, 'behind', after)];
  const direction = order.descending ? sql`desc` : sql`asc`;
  const parts = ranges.map(({ columns, conditions }, i) => {
    // The columns before the time are named although they are the same in all rows: not every engine sees that.
    const before = columns.map(({ name }) => sql`${ref(name)} ${direction}, `);
    const first = sql`
      select ${selected(s, order)} from ${from} where ${all([...conditions, ...behind, ...driver.rest])}
      order by ${join(before, '')}${orderBy(order)} limit ${limit}`;
    return sql`select * from (${first}) as ${name(`range${i}`)}`;
  });
  const turn = sql`order by key ${direction}, seq ${direction} limit ${limit}`;
  return sql`select * from (${join(parts, ' union all ')}) as node ${turn}`;
}
