import type { BulkRow } from '../../store/dialect/dialect.ts';
import { type Ending, FORMAT, type Header, type TableLine } from './format.ts';

const ROWS = 1000;
const BYTES = 8 * 1024 * 1024;

export type Part =
  | { header: Header }
  | { table: string; rows: BulkRow[]; texts: string[] }
  | { ending: Ending['end'] };

/** The lines of a stream of bytes. */
async function* linesOf(stream: AsyncIterable<Uint8Array | string>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  for await (const chunk of stream) {
    const text = rest + (typeof chunk === 'string' ? chunk : decoded(decoder, chunk));
    const lines = text.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') throw new Error('the file ends within a line: it is not whole');
}

function decoded(decoder: InstanceType<typeof TextDecoder>, chunk: Uint8Array): string {
  try {
    return decoder.decode(chunk, { stream: true });
  } catch (error) {
    throw new Error(
      'this is no text: a backup of SQLite is not imported, it is put in place of the database',
      {
        cause: error,
      },
    );
  }
}

function headerFrom(line: string | undefined): Header {
  try {
    const header = JSON.parse(line ?? '');
    if (header.format === FORMAT) return header;
  } catch {
    // Said below: whatever it is, it is not ours.
  }
  throw new Error('this is no export of kernelci-api (its first line is no header)');
}

/** The export in parts: its header, rows some at a time, its ending. Throws an `Error` when it is none, or not whole. */
export async function* readParts(stream: AsyncIterable<Uint8Array | string>): AsyncGenerator<Part> {
  const lines = linesOf(stream);
  yield { header: headerFrom((await lines.next()).value) };
  let table = '';
  let [rows, texts, bytes]: [BulkRow[], string[], number] = [[], [], 0];
  for await (const line of lines) {
    const value: unknown = JSON.parse(line);
    const isRow = Array.isArray(value);
    if (isRow) {
      rows.push(value);
      texts.push(line);
      bytes += line.length;
    }
    if (rows.length > 0 && (!isRow || rows.length >= ROWS || bytes >= BYTES)) {
      yield { table, rows, texts };
      [rows, texts, bytes] = [[], [], 0];
    }
    if (isRow) continue;
    if ('end' in (value as object)) {
      yield { ending: (value as Ending).end };
      return;
    }
    table = (value as TableLine).table;
  }
  throw new Error('the file has no last line with its checksums: it is not whole');
}
