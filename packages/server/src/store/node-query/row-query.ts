import { all, type Column, ODD_VALUE, ref } from './columns.ts';
import type { Position } from './filter.ts';
import type { Reading } from './reading.ts';
import type { Selection } from './selection.ts';
import { join, name, type Sql, sql } from './sql.ts';

/** The column by which rows are put in order, and by insertion where it is the same. Rows without a value are not asked for. */
export interface RowOrder {
  /** Undefined: by insertion alone. */
  column: Column | undefined;
  descending: boolean;
}

/** A row that may match: its place in the order, and what is needed to tell whether it does. */
export interface Row extends Position {
  /** 1: a column of the tests holds `ODD_VALUE`. */
  odd: 0 | 1;
  /** What the value tests are about, in their order. */
  [value: `value${number}`]: unknown;
}

const oddFlag = ({ odd }: Selection): Sql =>
  odd.length === 0
    ? sql`0`
    : sql`case when ${join(
        odd.map(({ name }) => sql`${ref(name)} = ${ODD_VALUE}`),
        ' or ',
      )} then 1 else 0 end`;

export function selected(s: Selection, { column }: RowOrder): Sql {
  const values = s.valueTests.map((test, i) => sql`${ref(test.column.name)} as ${name(`value${i}`)}`);
  const key = column === undefined ? sql`null` : ref(column.name);
  return join([sql`seq`, sql`${key} as key`, sql`${oddFlag(s)} as odd`, ...values]);
}

export function orderBy({ column, descending }: RowOrder): Sql {
  const direction = descending ? sql`desc` : sql`asc`;
  return column === undefined
    ? sql`seq ${direction}`
    : sql`${ref(column.name)} ${direction}, seq ${direction}`;
}

/** Rows on one side of a position: behind it in the order, or up to it. */
export function beside(order: RowOrder, side: 'behind' | 'upTo', position: Position): Sql {
  const sign =
    side === 'behind' ? (order.descending ? sql`<` : sql`>`) : order.descending ? sql`>=` : sql`<=`;
  if (order.column === undefined) return sql`seq ${sign} ${position.seq}`;
  return sql`(${ref(order.column.name)}, seq) ${sign} (${position.key}, ${position.seq})`;
}

export interface RowQuery {
  /** The index to use; null: none; undefined: as the engine likes. */
  index: string | null | undefined;
  /** Conditions for the index. */
  within: readonly Sql[];
  /** Conditions on the rows found by it. */
  where: readonly Sql[];
  /** Whether the engine must find all rows first, and not go along another index because of the order. */
  apart: boolean;
  order: RowOrder;
  limit: number | null;
}

export function rowQuery(reading: Reading, s: Selection, q: RowQuery) {
  const { from, apart } = reading.source;
  const found = sql`select * from ${from('nodes', q.index)} where ${all(q.within)} ${q.apart ? apart : sql``}`;
  const limit = q.limit === null ? sql`` : sql`limit ${q.limit}`;
  return sql`
    select ${selected(s, q.order)} from (${found}) as node where ${all(q.where)} order by ${orderBy(q.order)} ${limit}`;
}
