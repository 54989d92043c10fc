import { type Reading, rows } from './reading.ts';
import { join, type Sql, sql } from './sql.ts';

/** Nodes whose documents are asked for in one statement, and the bytes that these may have together. */
const NODES_MAX = 512;
const BYTES_MAX = 64 * 1024;
/** So many times the wanted nodes may be in the range that is read instead of each by itself. */
const DENSE = 2;

export interface Document {
  seq: number;
  doc: string;
}

/** The numbers as a list of which there are few different lengths, so that few statements are prepared. */
function padded(seqs: readonly number[]): Sql {
  const length = 2 ** Math.ceil(Math.log2(seqs.length));
  const last = seqs.at(-1);
  return join(Array.from({ length }, (_, i) => seqs[i] ?? last ?? null));
}

/** The nodes of these numbers, and perhaps some between: where most of a range is wanted, it is read in one go. */
function among(seqs: readonly number[]): Sql {
  const [low, high] = [Math.min(...seqs), Math.max(...seqs)];
  if (high - low < seqs.length * DENSE) return sql`seq between ${low} and ${high}`;
  return sql`seq in (${padded(seqs)})`;
}

/** Which of the nodes there are whose documents meet the condition, in groups that memory bears. */
async function groups(reading: Reading, seqs: readonly number[], condition: Sql): Promise<number[][]> {
  const query = sql`
    select seq, octet_length(doc) as bytes from node_docs where ${among(seqs)} and ${condition}`;
  const bytesOf = new Map(
    (await rows<{ seq: number; bytes: number }>(reading, query)).map(({ seq, bytes }) => [seq, bytes]),
  );
  const found: number[][] = [];
  let room = 0;
  for (const seq of seqs) {
    const bytes = bytesOf.get(seq);
    if (bytes === undefined) continue;
    room -= bytes;
    if (room < 0) {
      found.push([]);
      room = BYTES_MAX - bytes;
    }
    found.at(-1)?.push(seq);
  }
  return found;
}

/**
 * The documents of those nodes that are there and meet the condition, in the order of the numbers, some at a time.
 * However large they are, no more than 64 kilobytes of them are in memory at once, or one.
 */
export async function* documentsOf(
  reading: Reading,
  seqs: readonly number[],
  condition: Sql = sql`1 = 1`,
): AsyncGenerator<Document[], void> {
  for (let at = 0; at < seqs.length; at += NODES_MAX) {
    for (const group of await groups(reading, seqs.slice(at, at + NODES_MAX), condition)) {
      const query = sql`select seq, doc from node_docs where seq in (${padded(group)})`;
      const found = new Map((await rows<Document>(reading, query)).map((row) => [row.seq, row]));
      yield group.flatMap((seq) => found.get(seq) ?? []);
    }
  }
}
