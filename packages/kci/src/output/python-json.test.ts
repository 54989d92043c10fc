import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseJson } from './json-source.ts';
import { pythonJson } from './python-json.ts';

/** What Python 3 prints for `json.dumps(json.loads(text), indent=indent or None)`. */
const AS_PYTHON: [text: string, indent: number, printed: string][] = [
  ['{"a":1,"b":[true,null,"x"]}', 0, '{"a": 1, "b": [true, null, "x"]}'],
  [' { "a" : [ ] , "b" : { } } ', 0, '{"a": [], "b": {}}'],
  ['{"a":[],"b":{},"c":[{}]}', 1, '{\n "a": [],\n "b": {},\n "c": [\n  {}\n ]\n}'],
  ['[[1,2],{"k":"v"}]', 2, '[\n  [\n    1,\n    2\n  ],\n  {\n    "k": "v"\n  }\n]'],
  ['[]', 4, '[]'],
  ['"é\u2028😀\u007f/"', 0, '"\\u00e9\\u2028\\ud83d\\ude00\\u007f/"'],
  ['"\\u00E9\\/\\b\\f\\n\\r\\t\\u0001\\"\\\\"', 0, '"\\u00e9/\\b\\f\\n\\r\\t\\u0001\\"\\\\"'],
  ['"\\ud800"', 0, '"\\ud800"'],
  ['{"é":"{,:}","\\"":"]"}', 0, '{"\\u00e9": "{,:}", "\\"": "]"}'],
  ['["\\\\","a"]', 0, '["\\\\", "a"]'],
  ['null', 0, 'null'],
  ['7', 1, '7'],
];

describe('JSON is printed as Python prints it', () => {
  for (const [text, indent, printed] of AS_PYTHON) {
    test(`${text} with indent ${indent}`, () => assert.equal(pythonJson(parseJson(text), indent), printed));
  }
});

describe('what the API sent stays as it was', () => {
  test('numbers keep their digits', () => {
    const text = '[1.0, -0.0, 1e400, 12345678901234567890123, 0.10]';
    assert.equal(pythonJson(parseJson(text)), text);
  });

  test('keys keep their order, those that look like positions too', () => {
    const text = '{"b": 1, "10": 2, "2": 3, "__proto__": {"1": 0, "0": 1}}';
    assert.equal(pythonJson(parseJson(text)), text);
  });

  test('parts taken out of an answer remember how they were written', () => {
    const page = parseJson('{"items":[{"z":1.0,"1":2.50},[0.0]],"total":2}') as { items: unknown[] };
    assert.equal(pythonJson(page.items), '[{"z": 1.0, "1": 2.50}, [0.0]]');
    assert.equal(
      pythonJson([...page.items, { own: page.items[1], left: undefined }]),
      '[{"z": 1.0, "1": 2.50}, [0.0], {"own": [0.0]}]',
    );
  });

  test('of a repeated key the last is found', () => {
    const value = parseJson('{"a":{"x":1.0},"a":[2.0]}') as { a: unknown };
    assert.equal(pythonJson(value.a), '[2.0]');
  });

  test('deep nesting is no problem', () => {
    const text = '['.repeat(100_000) + ']'.repeat(100_000);
    assert.equal(pythonJson(parseJson(text)), text);
  });

  test('broken JSON is refused', () => {
    for (const text of ['', '{', '{"a":1,}', "{'a':1}", 'NaN'])
      assert.throws(() => parseJson(text), SyntaxError);
  });
});
