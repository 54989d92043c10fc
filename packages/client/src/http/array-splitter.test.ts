import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ArraySplitter } from './array-splitter.ts';

function split(chunks: Iterable<string>) {
  const splitter = new ArraySplitter();
  const items = [...chunks].flatMap((chunk) => splitter.push(chunk));
  return { items, ended: splitter.ended, broken: splitter.broken };
}

const ITEMS = [
  '{"a":[1,{"b":"]},[{"}],"c":"\\"\\\\"}',
  ' "\\\\" ',
  '[]',
  '1.0',
  'null',
  '"x,y"',
  '{"é":"\\u005d]"}',
  '{}',
];

describe('an array is cut into its items', () => {
  const text = ` [${ITEMS.join(',')}]\n`;

  test('at once', () => assert.deepEqual(split([text]), { items: ITEMS, ended: true, broken: false }));

  test('wherever the pieces end that it arrives in', () => {
    assert.deepEqual(split(text), { items: ITEMS, ended: true, broken: false });
    for (let at = 0; at <= text.length; at++) {
      assert.deepEqual(split([text.slice(0, at), text.slice(at)]).items, ITEMS, `${at}`);
    }
  });

  test('an empty one has none', () => {
    for (const empty of ['[]', ' [ \n] ']) {
      assert.deepEqual(split(empty), { items: [], ended: true, broken: false });
    }
  });

  test('one that breaks off has not ended', () => {
    for (const begun of ['', '[', '[1', '[1,', '["]', '[{"a":1}', '["\\"]']) {
      assert.equal(split([begun]).ended, false, begun);
    }
  });

  test('anything else is broken', () => {
    for (const other of ['{"a":[]}', 'null', '1 [2]', '"[]"', '[1] 2', '[1][2]', ']', '<html>[]']) {
      assert.equal(split([other]).broken, true, other);
      assert.equal(split(other).broken, true, other);
    }
  });

  test('what cannot be an item is handed on, for its reader to refuse', () => {
    assert.deepEqual(split(['[1,,2,]']).items, ['1', '', '2', '']);
  });
});
