import { all } from './columns.ts';
import { documentsOf } from './documents.ts';
import { matcher } from './evaluate.ts';
import type { Position } from './filter.ts';
import type { Reading } from './reading.ts';
import type { Row } from './row-query.ts';
import type { Selection } from './selection.ts';

/** Documents that are opened between two pauses. */
const CHUNK = 500;

/** Whether the values of the row's columns pass; those of an odd row tell nothing. */
const passes = (s: Selection, row: Row): boolean =>
  row.odd === 1 || s.valueTests.every(({ matches }, i) => matches(row[`value${i}`]));

/** Which of the nodes have documents that match. */
async function matching(reading: Reading, s: Selection, seqs: readonly number[]): Promise<Set<number>> {
  const matches = matcher(s.filter);
  const found = new Set<number>();
  for await (const documents of documentsOf(reading, seqs, all(s.hints ?? []))) {
    for (const { seq, doc } of documents) if (matches(JSON.parse(doc))) found.add(seq);
  }
  return found;
}

/** Of rows that may match, those that do. */
export async function* matchesAmong(
  reading: Reading,
  s: Selection,
  candidates: AsyncIterable<Row[]>,
): AsyncGenerator<Position[], void> {
  for await (const rows of candidates) {
    const passing = rows.filter((row) => passes(s, row));
    for (let at = 0; at < passing.length; at += CHUNK) {
      const chunk = passing.slice(at, at + CHUNK);
      const unclear = chunk.filter((row) => row.odd === 1 || s.hints !== null).map(({ seq }) => seq);
      const matched = unclear.length === 0 ? undefined : await matching(reading, s, unclear);
      const isMatch = (row: Row) =>
        matched === undefined || matched.has(row.seq) || (row.odd === 0 && s.hints === null);
      yield chunk.filter(isMatch).map(({ seq, key }) => ({ seq, key }));
    }
  }
}
