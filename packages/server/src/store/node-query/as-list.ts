import { type Column, ODD_VALUE } from './columns.ts';
import { distinctValues, fewValues } from './distinct-values.ts';
import type { ListingTest, Operand } from './filter.ts';
import { compilePattern } from './pattern.ts';
import type { Reading } from './reading.ts';
import { search } from './search.ts';

/** More values than these are not listed in a statement. */
const LISTED_MAX = 5000;
/** A column with more values than these is not asked for all but a few of them. */
const FEW = 64;
/** What it takes to search a character of a value, in microseconds. */
const VALUE_MICROS = 0.02;

const listing = (texts: readonly string[], more: readonly Operand[] = []): ListingTest => ({
  kind: 'in',
  operands: [...texts.map((text) => ({ text })), ...more],
  negated: false,
});

const isPlain = (value: string): boolean => value !== ODD_VALUE;

/** The regular expression as the list of those values that it matches; undefined when there are too many. */
export async function patternAsList(
  reading: Reading,
  column: Column,
  pattern: string,
): Promise<ListingTest | undefined> {
  if (column.type !== 'text') return listing([]);
  if (column.index === undefined || column.name === 'id') return undefined;
  const values = await distinctValues(reading, column.name);
  if (values === undefined) return undefined;
  const found = await search(reading, values.filter(isPlain), {
    passes: compilePattern(pattern),
    lengthOf: ({ length }) => length,
    micros: VALUE_MICROS,
  });
  return found.length > LISTED_MAX ? undefined : listing(found);
}

/**
 * What a test that excludes some values leaves over: an index finds the rows of a list, but not those of all others.
 * Undefined when the column has many values.
 */
export async function exclusionAsList(
  reading: Reading,
  column: Column,
  test: ListingTest,
): Promise<ListingTest | undefined> {
  if (column.type !== 'text' || column.index === undefined || column.name === 'id') return undefined;
  const values = await fewValues(reading, column.name, FEW);
  if (values === undefined) return undefined;
  const excluded = new Set(test.operands.map(({ text }) => text));
  const excludesNothing = test.operands.some(({ nothing }) => nothing);
  const left = values.filter((value) => isPlain(value) && !excluded.has(value));
  return listing(left, excludesNothing ? [] : [{ nothing: true }]);
}
