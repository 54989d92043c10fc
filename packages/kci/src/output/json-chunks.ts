import { pythonJson } from './python-json.ts';

/** An array as `pythonJson` writes it, item by item. */
export async function* jsonArray(
  items: AsyncIterable<unknown>,
  indent: number,
): AsyncGenerator<string, void> {
  const line = indent > 0 ? `\n${' '.repeat(indent)}` : '';
  const comma = indent > 0 ? `,${line}` : ', ';
  let isEmpty = true;
  for await (const item of items) {
    const text = pythonJson(item, indent);
    yield `${isEmpty ? `[${line}` : comma}${indent > 0 ? text.replaceAll('\n', line) : text}`;
    isEmpty = false;
  }
  yield isEmpty ? '[]\n' : `${indent > 0 ? '\n' : ''}]\n`;
}

/** One item a line. */
export async function* jsonLines(items: AsyncIterable<unknown>): AsyncGenerator<string, void> {
  for await (const item of items) yield `${pythonJson(item)}\n`;
}
