import { documentsOf } from './documents.ts';
import type { FieldTree } from './filter.ts';
import type { Reading } from './reading.ts';

/** What of the value the tree names: of a list, that of each element; undefined where nothing has a name. */
function part(value: unknown, fields: FieldTree): unknown {
  if (value === null || typeof value !== 'object') return undefined;
  if (Array.isArray(value)) return value.map((element) => part(element, fields) ?? null);
  const kept: Record<string, unknown> = Object.create(null);
  for (const [key, inside] of Object.entries(value)) {
    if (!Object.hasOwn(fields, key)) continue;
    const below = fields[key];
    kept[key] = below ? part(inside, below) : inside;
  }
  return kept;
}

/** The nodes' documents, or the fields of them, as the inside of a JSON list, some at a time. */
export async function* pageText(
  reading: Reading,
  seqs: AsyncIterable<readonly number[]> | Iterable<readonly number[]>,
  fields: FieldTree | null,
): AsyncGenerator<string, void> {
  let separator = '';
  for await (const some of seqs) {
    for await (const documents of documentsOf(reading, some)) {
      if (documents.length === 0) continue;
      const texts = documents.map(({ doc }) =>
        fields === null ? doc : JSON.stringify(part(JSON.parse(doc), fields)),
      );
      yield separator + texts.join(',');
      separator = ',';
    }
  }
}
