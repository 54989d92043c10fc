import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findUnsafeNumber } from './numbers.ts';

const placeIn = (json: string): unknown => {
  JSON.parse(json);
  return findUnsafeNumber(json)?.loc.slice(1);
};

const FINE = [
  '{}',
  '[9007199254740991, -9007199254740991, 0.1234567890123456789, 12345678901234567.25, 1e308, 1e-400, 1E15]',
  '{"id": "12345678901234567890", "text": "a, 12345678901234567890 and 1e400", "12345678901234567890": 1}',
  '["\\"", " 12345678901234567890", "\\\\"]',
  '0',
  'null',
];
const UNSAFE: Array<[string, unknown]> = [
  ['9007199254740992', []],
  ['-9007199254740993', []],
  ['{"a":{"b":[1,{"c":12345678901234567890}]}}', ['a', 'b', 1, 'c']],
  ['{"a":[],"b":{"x":[1,[2,3]]},"c":[[0],1e400]}', ['c', 1]],
  ['{"a":-1E+999}', ['a']],
  ['{"a, 1":"\\\\","q\\"\\u00e9\\\\":\n\t12345678901234567890}', ['q"é\\']],
  ['[ 1 , 99999999999999999999 , 1e999 ]', [1]],
  [`[${'9'.repeat(400)}.5]`, [0]],
  ['{"0":{"1":12345678901234567890}}', ['0', '1']],
];

describe('numbers that JavaScript does not hold', () => {
  for (const json of FINE) {
    test(`there is none in ${json.slice(0, 60)}`, () => assert.equal(placeIn(json), undefined));
  }

  for (const [json, place] of UNSAFE) {
    test(`is found in ${json.slice(0, 60)}`, () => assert.deepEqual(placeIn(json), place));
  }

  test('is found in large and deep bodies', () => {
    const wide = `[${'"\\\\\\"",'.repeat(100_000)}${'1,'.repeat(100_000)}1e400]`;
    assert.deepEqual(placeIn(wide), [200_000]);
    const deep = `${'['.repeat(100_000)}1e400${']'.repeat(100_000)}`;
    assert.equal(findUnsafeNumber(deep)?.loc.length, 100_001);
  });
});
