import { name, sql } from '../../node-query/sql.ts';
import type { ReadConnection } from '../../readers/read-connection.ts';
import { openRaw, preparing } from './raw.ts';
import { translateError } from './translate-error.ts';

/** To count the last many entries takes three milliseconds, and what is known then saves more. */
const PROBES = [500, 5000, 100_000];

/** A connection for reading nodes in a thread of its own. */
export function openSqliteReads(file: string): ReadConnection {
  const raw = openRaw(file);
  raw.exec('PRAGMA query_only = ON');
  const prepare = preparing(raw);
  return {
    means: { probes: PROBES, stepRows: 4096, sliceRows: 50_000, plainMicros: 2000 },
    source: {
      query: async (statement) => prepare(statement.text(() => '?')).all(...statement.values),
      from: (table, index) => {
        if (index === undefined) return name(table);
        return index === null
          ? sql`${name(table)} not indexed`
          : sql`${name(table)} indexed by ${name(index)}`;
      },
      // Told the index, the engine has no choice left.
      apart: sql``,
      contains: (text, part) => sql`instr(${text}, ${part}) > 0`,
      expectedRows: async () => null,
    },
    translateError,
    close: async () => raw.close(),
  };
}
