import { exclusionAsList, patternAsList } from './as-list.ts';
import { columnCondition, isListed, type Listed, listed } from './column-tests.ts';
import { type Column, type ColumnName, columnAt, ODD_VALUE, ref } from './columns.ts';
import { documentHints } from './document-hints.ts';
import { valueMatcher } from './evaluate.ts';
import type { ComparingTest, FieldTest, ListingTest } from './filter.ts';
import { type Reading, rows } from './reading.ts';
import { join, type Sql, sql } from './sql.ts';

/** A test that the database answers from a column. */
export interface ColumnTest {
  column: Column;
  /** Exact, and false for rows whose column holds `ODD_VALUE`. */
  exact: Sql;
  /** The same, but true for such rows where there are any. */
  candidate: Sql;
  /** The values that the candidates have, when the test lists them. */
  listed?: Listed;
}

/** A test that is answered here, from the value of a column. */
export interface ValueTest {
  column: Column;
  matches(value: unknown): boolean;
}

/** How the nodes that a filter matches are found: what the database is asked, and what remains to be looked at. */
export interface Selection {
  filter: readonly FieldTest[];
  tests: readonly ColumnTest[];
  valueTests: readonly ValueTest[];
  /** What a matching document's text must meet, when some tests can be answered from documents only. */
  hints: readonly Sql[] | null;
  /** Columns of the tests in which some rows hold `ODD_VALUE`: the documents of those rows decide. */
  odd: readonly Column[];
}

/** Whether the database's answer is final for every row. */
export const isExact = (s: Selection): boolean =>
  s.valueTests.length === 0 && s.hints === null && s.odd.length === 0;

interface ByColumn {
  column: Column;
  test: ListingTest | ComparingTest;
}

interface Sorted {
  byColumn: ByColumn[];
  byValue: ValueTest[];
  byDocument: FieldTest[];
}

/** Tells the tests apart by what answers them. */
async function sortTests(reading: Reading, filter: readonly FieldTest[]): Promise<Sorted> {
  const sorted: Sorted = { byColumn: [], byValue: [], byDocument: [] };
  for (const field of filter) {
    const { path, test } = field;
    const column = columnAt(path);
    // The text of times is in documents only.
    const isElsewhere = column === undefined || (test.kind === 'matches' && column.type === 'time');
    if (isElsewhere) sorted.byDocument.push(field);
    else if (test.kind === 'matches') {
      const asList = await patternAsList(reading, column, test.pattern);
      if (asList) sorted.byColumn.push({ column, test: asList });
      else sorted.byValue.push({ column, matches: valueMatcher(test) });
    } else {
      const isExclusion = test.kind === 'in' && test.negated;
      const asList = isExclusion ? await exclusionAsList(reading, column, test) : undefined;
      sorted.byColumn.push({ column, test: asList ?? test });
    }
  }
  return sorted;
}

/** Which of the columns hold `ODD_VALUE` in some row. Without an index nobody can tell, so they may. */
async function findOdd(reading: Reading, columns: readonly Column[]): Promise<Column[]> {
  const able = [...new Map(columns.filter(({ odd }) => odd).map((c) => [c.name, c])).values()];
  const probes = able
    .filter(({ index }) => index !== undefined)
    .map(({ name }) => {
      const some = sql`exists(select 1 from nodes where ${ref(name)} = ${ODD_VALUE})`;
      return sql`case when ${some} then 1 else 0 end as ${ref(name)}`;
    });
  if (probes.length === 0) return able;
  const [found] = await rows<Record<string, number>>(reading, sql`select ${join(probes)}`);
  return able.filter(({ index, name }) => index === undefined || found?.[name] === 1);
}

/** Undefined when no row can pass the test. */
function toColumnTest({ column, test }: ByColumn, isOdd: boolean): ColumnTest | undefined {
  const exact = columnCondition(column, test);
  if (exact === false && !isOdd) return undefined;
  const condition = typeof exact === 'boolean' ? (exact ? sql`1 = 1` : sql`1 = 0`) : exact;
  if (test.kind === 'in' && !test.negated) {
    const plain = listed(column, test.operands);
    const values = isOdd ? { ...plain, values: [...plain.values, ODD_VALUE] } : plain;
    return { column, exact: condition, candidate: isListed(column, values) as Sql, listed: values };
  }
  const candidate = isOdd ? sql`(${condition} or ${ref(column.name)} = ${ODD_VALUE})` : condition;
  return { column, exact: condition, candidate };
}

/** How to find what the filter matches; undefined when it can match nothing. */
export async function select(reading: Reading, filter: readonly FieldTest[]): Promise<Selection | undefined> {
  const { byColumn, byValue, byDocument } = await sortTests(reading, filter);
  const odd = await findOdd(
    reading,
    [...byColumn, ...byValue].map(({ column }) => column),
  );
  const names = new Set<ColumnName>(odd.map(({ name }) => name));
  const tests: ColumnTest[] = [];
  for (const found of byColumn) {
    const test = toColumnTest(found, names.has(found.column.name));
    if (test === undefined) return undefined;
    tests.push(test);
  }
  const hints = byDocument.flatMap((field) => documentHints(reading.source, field));
  return { filter, tests, valueTests: byValue, hints: byDocument.length === 0 ? null : hints, odd };
}
