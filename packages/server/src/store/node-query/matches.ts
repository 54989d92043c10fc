import { all } from './columns.ts';
import { type Document, documentsOf } from './documents.ts';
import { matcher } from './evaluate.ts';
import type { Position } from './filter.ts';
import type { Reading } from './reading.ts';
import type { Row } from './row-query.ts';
import { type Search, search } from './search.ts';
import type { Selection } from './selection.ts';
import type { Sql } from './sql.ts';

/** Documents that are asked for at once. */
const CHUNK = 500;
/** Of a short value in a column, with what is around it. */
const VALUE_LENGTH = 50;
const PARSING_MICROS = 0.01;
/** There are expressions, and texts for them, with which it takes twenty. */
const PATTERN_MICROS = 1;

/** What remains to be looked at of rows that the database has found. */
interface Remaining {
  values: Search<Row> | undefined;
  documents: Search<Document>;
  hints: Sql;
  isUnclear(row: Row): boolean;
}

function remaining(s: Selection): Remaining {
  const matches = matcher(s.filter);
  const hasPattern = s.filter.some(({ test }) => test.kind === 'matches');
  const values: Search<Row> = {
    // The values of an odd row tell nothing.
    passes: (row) => row.odd === 1 || s.valueTests.every((test, i) => test.matches(row[`value${i}`])),
    lengthOf: () => VALUE_LENGTH,
    micros: PARSING_MICROS,
  };
  return {
    values: s.valueTests.length === 0 ? undefined : values,
    documents: {
      passes: ({ doc }) => matches(JSON.parse(doc)),
      lengthOf: ({ doc }) => doc.length,
      micros: hasPattern ? PATTERN_MICROS : PARSING_MICROS,
    },
    hints: all(s.hints ?? []),
    isUnclear: (row) => row.odd === 1 || s.hints !== null,
  };
}

/** Of some rows, those whose documents match or need not be looked at. */
async function byDocuments(reading: Reading, rows: readonly Row[], by: Remaining): Promise<Row[]> {
  const unclear = rows.filter(by.isUnclear).map(({ seq }) => seq);
  if (unclear.length === 0) return [...rows];
  const matched = new Set<number>();
  for await (const documents of documentsOf(reading, unclear, by.hints)) {
    for (const { seq } of await search(reading, documents, by.documents)) matched.add(seq);
  }
  return rows.filter((row) => !by.isUnclear(row) || matched.has(row.seq));
}

/** Of rows that may match, those that do. */
export async function* matchesAmong(
  reading: Reading,
  s: Selection,
  candidates: AsyncIterable<Row[]>,
): AsyncGenerator<Position[], void> {
  const by = remaining(s);
  for await (const rows of candidates) {
    const passing = by.values === undefined ? rows : await search(reading, rows, by.values);
    for (let at = 0; at < passing.length; at += CHUNK) {
      yield await byDocuments(reading, passing.slice(at, at + CHUNK), by);
    }
  }
}
