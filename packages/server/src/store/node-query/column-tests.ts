import { type Column, ODD_VALUE, ref } from './columns.ts';
import type { ComparingTest, Comparison, ListingTest, Operand } from './filter.ts';
import { join, type Sql, sql } from './sql.ts';

/** A condition on a column; a constant where the values of such a column cannot make a difference. */
export type Condition = Sql | boolean;

const SIGNS: Record<Comparison, Sql> = { lt: sql`<`, lte: sql`<=`, gt: sql`>`, gte: sql`>=` };

/** The form of an operand in which the column has its values; undefined when it has none such. */
function stored({ type }: Column, operand: Operand): string | number | undefined {
  if (type === 'text') return operand.text;
  if (type === 'time') return operand.time;
  if (type === 'number') return operand.number;
  return operand.boolean === undefined ? undefined : Number(operand.boolean);
}

export interface Listed {
  values: Array<string | number>;
  nothing: boolean;
}

/** What of the operands the column can hold. */
export function listed(column: Column, operands: readonly Operand[]): Listed {
  const stand = operands.map((operand) => stored(column, operand)).filter((value) => value !== undefined);
  // A text that happens to look like it is, in the column, no value of its own.
  const values = column.odd ? stand.filter((value) => value !== ODD_VALUE) : stand;
  return { values: [...new Set(values)], nothing: operands.some((operand) => operand.nothing) };
}

const isOneOf = (column: Sql, values: ReadonlyArray<string | number>): Sql =>
  values.length === 1 ? sql`${column} = ${values[0] ?? null}` : sql`${column} in (${join(values)})`;

/** The values are among those listed, or the value is absent where that is listed. */
export function isListed(column: Column, { values, nothing }: Listed): Condition {
  const name = ref(column.name);
  if (values.length === 0) return nothing ? sql`${name} is null` : false;
  return nothing ? sql`(${name} is null or ${isOneOf(name, values)})` : isOneOf(name, values);
}

/** The opposite, for rows whose column holds a plain value or none. */
export function isNotListed(column: Column, { values, nothing }: Listed): Condition {
  const name = ref(column.name);
  const excluded = column.odd ? [...values, ODD_VALUE] : values;
  const other = excluded.length === 0 ? sql`${name} is not null` : sql`${name} not in (${join(excluded)})`;
  return nothing ? other : sql`(${name} is null or ${other})`;
}

function isOrdered(column: Column, comparison: Comparison, operand: Operand): Condition {
  // A number has no place in the order of texts, though it may be written as one.
  const comparable = column.type === 'text' && operand.number !== undefined ? {} : operand;
  const value = stored(column, comparable);
  if (value === undefined || column.type === 'flag') return false;
  const name = ref(column.name);
  const ordered = sql`${name} ${SIGNS[comparison]} ${value}`;
  return column.odd ? sql`(${ordered} and ${name} <> ${ODD_VALUE})` : ordered;
}

/**
 * The test as a condition that is exact for rows whose column does not hold `ODD_VALUE`, and false for those that
 * do.
 */
export function columnCondition(column: Column, test: ListingTest | ComparingTest): Condition {
  if (test.kind === 'compare') return isOrdered(column, test.comparison, test.operand);
  const operands = listed(column, test.operands);
  return test.negated ? isNotListed(column, operands) : isListed(column, operands);
}
