import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { UsageError } from '../errors.ts';
import { filtersOf, parseAttribute } from './attributes.ts';

describe('attributes', () => {
  test('every operator has its name on the wire', () => {
    const attributes = ['a=1', 'b>1', 'c<1', 'd>=1', 'e<=1', 'f!=1', 'g=~^1', 'data.x = y z '];
    assert.deepEqual(filtersOf(attributes), {
      a: ['1'],
      b__gt: ['1'],
      c__lt: ['1'],
      d__gte: ['1'],
      e__lte: ['1'],
      f__ne: ['1'],
      g__re: ['^1'],
      'data.x': ['y z '],
    });
  });

  test('repeated ones become a list', () => {
    assert.deepEqual(filtersOf(['name=a', 'name=b', 'name!=c']), { name: ['a', 'b'], name__ne: ['c'] });
  });

  test('a value may be empty, long, many lines or look like an operator behind a blank', () => {
    assert.equal(parseAttribute('a=').value, '');
    assert.equal(parseAttribute(`a=${'x'.repeat(100_000)}`).value.length, 100_000);
    assert.equal(parseAttribute('a=b\nc=d').value, 'b\nc=d');
    assert.equal(parseAttribute('a= =b').value, '=b');
    assert.equal(parseAttribute("a='; DROP TABLE users; --").value, "'; DROP TABLE users; --");
  });

  test('names that objects have anyway are names like others', () => {
    assert.deepEqual(Object.entries(filtersOf(['__proto__=x', 'constructor=y'])), [
      ['__proto__', ['x']],
      ['constructor', ['y']],
    ]);
  });

  for (const wrong of [
    '',
    '=',
    'a',
    '=b',
    'a=>b',
    'a==b',
    'a~b',
    'a b',
    'ü=1',
    '"a"=1',
    'limit=5',
    'offset>1',
  ]) {
    test(`'${wrong}' is refused`, () => assert.throws(() => filtersOf([wrong]), UsageError));
  }
});
