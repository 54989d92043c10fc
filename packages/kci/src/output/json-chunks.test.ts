import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonArray, jsonLines } from './json-chunks.ts';
import { parseJson } from './json-source.ts';
import { pythonJson } from './python-json.ts';

async function* each(items: unknown[]) {
  yield* items;
}
const text = async (chunks: AsyncIterable<string>) => (await Array.fromAsync(chunks)).join('');

test('an array that is printed item by item looks like one that is printed at once', async () => {
  for (const json of ['[]', '[{"x":1.0}]', '[{"a":{"b":[1.0,{}]},"é":"x\\ny"},[],"z",[[2]]]']) {
    const items = parseJson(json) as unknown[];
    for (const indent of [0, 1, 4]) {
      assert.equal(await text(jsonArray(each(items), indent)), `${pythonJson(items, indent)}\n`, json);
    }
  }
});

test('lines hold one item each', async () => {
  const items = parseJson('[{"a":1.0,"b":"x\\ny"},2]') as unknown[];
  assert.equal(await text(jsonLines(each(items))), '{"a": 1.0, "b": "x\\ny"}\n2\n');
});
