import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvalidArgumentError } from 'commander';
import { UsageError } from '../errors.ts';
import { durationSeconds } from './durations.ts';
import { collectWords } from './lists.ts';
import { idArgument, settingsName } from './names.ts';
import { wholeNumber } from './numbers.ts';

test('durations have units', () => {
  assert.deepEqual(
    ['90', '90s', '2m', '12h', '30d', '4w', ' 1d '].map(durationSeconds),
    [90, 90, 120, 43_200, 2_592_000, 2_419_200, 86_400],
  );
  for (const wrong of [
    '',
    '0',
    '0d',
    '-1d',
    '1.5h',
    'd',
    '1y',
    '1 d',
    '30 days',
    '999999999999999d',
    '1d2h',
    '١d',
  ]) {
    assert.throws(() => durationSeconds(wrong), InvalidArgumentError, wrong);
  }
});

test('whole numbers stay within their range', () => {
  assert.equal(wholeNumber(1)('10'), 10);
  assert.equal(wholeNumber(0, 5)('5'), 5);
  for (const wrong of [
    '',
    '0',
    '-1',
    '1.0',
    '1e3',
    '0x10',
    'ten',
    '9'.repeat(17),
    '9'.repeat(400),
    ' 1',
    '１',
  ]) {
    assert.throws(() => wholeNumber(1)(wrong), InvalidArgumentError, wrong);
  }
  assert.throws(() => wholeNumber(0, 5)('6'), InvalidArgumentError);
});

test('lists may be written as words or repeated', () => {
  assert.deepEqual(collectWords('a, b', collectWords('c', undefined)), ['c', 'a', 'b']);
});

test('names for the settings and ids for addresses are plain', () => {
  for (const name of ['admin', 'early-access', 'a.b_c', 'constructor'])
    assert.equal(settingsName(name), name);
  for (const name of ['', '__proto__', 'a b', 'a"b', 'a\nb', '-a', 'ü', 'x'.repeat(65)]) {
    assert.throws(() => settingsName(name), UsageError, name);
  }
  for (const id of ['', '.', '..']) assert.throws(() => idArgument(id), UsageError);
  assert.equal(idArgument('../x'), '../x');
});
