import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilePattern } from './pattern.ts';
import { requiredText } from './required-text.ts';

const CASES: Array<[pattern: string, text: string]> = [
  ['-cbg-3$', '-cbg-3'],
  ['^login$', 'login'],
  ['mm_.*_test$', '_test'],
  ['a\\.b\\*c', 'a.b*c'],
  ['abc?d', 'ab'],
  ['abc*', 'ab'],
  ['ab+cde', 'cde'],
  ['abc{2}x', 'abc'],
  ['abc{0,3}x', 'ab'],
  ['ab{x', 'ab{x'],
  ['(abc)def', 'def'],
  ['(a(b)\\)c)?de', 'de'],
  ['([)]x)yz', 'yz'],
  ['x[abc]yz', 'yz'],
  ['[]a]bc', 'bc'],
  ['[^]a]bc', 'bc'],
  ['[[:alpha:]]bc', 'bc'],
  ['\\d+-board', '-board'],
  ['\\bfoo\\b', 'foo'],
  ['say "it"', 'say "it"'],
  ['héllo', 'llo'],
  ['abc|abd', ''],
  ['(?i)abc', ''],
  ['\\Qa.b\\E', ''],
  ['\\x{41}bc', ''],
  ['', ''],
  ['.*', ''],
  ['(a|b|l|o)*x(g|i|n)+$', 'x'],
  // A group or a class that does not end is no expression; nothing is known of it.
  ['(abc', ''],
  ['[abc', ''],
];

for (const [pattern, text] of CASES) {
  test(`everything that ${pattern} matches has in it: ${text}`, () => {
    assert.equal(requiredText(pattern), text);
  });
}

test('nothing that an expression matches is without the text', () => {
  const parts = [
    'a',
    'b',
    'c',
    '.',
    'x?',
    'y*',
    'z+',
    '[ab]',
    '(bc)',
    '(a|c)',
    '\\.',
    'b{2}',
    'c{0,1}',
    '^',
    '$',
    '\\d',
  ];
  const letters = ['a', 'b', 'c', 'x', 'y', 'z', '.', '1'];
  let state = 12_345;
  const random = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
  const some = (from: string[], count: number) =>
    Array.from({ length: count }, () => from[random(from.length)]).join('');
  let matched = 0;
  for (let round = 0; round < 3000; round += 1) {
    const pattern = some(parts, 1 + random(5));
    const matches = compilePattern(pattern);
    const text = requiredText(pattern);
    for (let tries = 0; tries < 20; tries += 1) {
      const value = some(letters, random(12));
      if (!matches(value)) continue;
      matched += 1;
      assert.ok(value.includes(text), `${pattern} matches ${value}, which is without ${text}`);
    }
  }
  assert.ok(matched > 1000);
});
