import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Column, tableLines } from './table.ts';
import { fitted, textWidth } from './text-width.ts';

interface Row {
  id: string;
  name: string;
  note: string;
}

const COLUMNS: Column<Row>[] = [
  { title: 'ID', text: ({ id }) => id, whole: true },
  { title: 'NAME', text: ({ name }) => name },
  { title: 'NOTE', text: ({ note }) => note, optional: true, whole: true },
];
const ROWS = [
  { id: '1', name: 'a name of some thirty letters', note: 'note' },
  { id: '23', name: '日本語', note: '-' },
];

describe('a table', () => {
  test('is as wide as it needs where nothing limits it, without blanks at the ends', () => {
    assert.deepEqual(tableLines(COLUMNS, ROWS, undefined), [
      'ID  NAME                           NOTE',
      '1   a name of some thirty letters  note',
      '23  日本語                         -',
    ]);
  });

  test('shortens, then leaves out, then shortens more, and keeps what is to be whole', () => {
    assert.deepEqual(tableLines(COLUMNS, ROWS, 32), [
      'ID  NAME                    NOTE',
      '1   a name of some thirty…  note',
      '23  日本語                  -',
    ]);
    assert.deepEqual(tableLines(COLUMNS, ROWS, 24), ['ID  NAME', '1   a name of some thir…', '23  日本語']);
    assert.deepEqual(tableLines(COLUMNS, ROWS, 13), ['ID  NAME', '1   a name o…', '23  日本語']);
    assert.deepEqual(tableLines(COLUMNS, ROWS, 2), ['ID  NAME', '1   a nam…', '23  日本語']);
  });

  test('of nothing has its titles', () => {
    assert.deepEqual(tableLines(COLUMNS, [], 80), ['ID  NAME  NOTE']);
  });

  test('colours do not count as width', () => {
    const paint = (text: string) => `\x1b[31m${text}\x1b[39m`;
    const [, line] = tableLines([{ title: 'A', text: () => 'x', paint }, ...COLUMNS], ROWS, 80);
    assert.equal(line, '\x1b[31mx\x1b[39m  1   a name of some thirty letters  note');
  });
});

test('text is measured as terminals show it', () => {
  for (const [text, width] of [
    ['plain', 5],
    ['é', 1],
    ['e\u0301', 1],
    ['日本', 4],
    ['한글', 4],
    ['😀👩‍👩‍👧', 4],
    ['│├', 2],
  ] as const) {
    assert.equal(textWidth(text), width, text);
  }
  assert.equal(fitted('日本語', 5), '日本…');
  assert.equal(fitted('日本語', 4), '日…');
  assert.equal(fitted('abc', 3), 'abc');
  assert.equal(fitted('abcd', 3), 'ab…');
});
