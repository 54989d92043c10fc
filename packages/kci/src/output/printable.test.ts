import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printable } from './printable.ts';

test('text from elsewhere cannot steer the terminal', () => {
  assert.equal(printable('a\x1b[2Jb\rc\u202ed\x9be'), 'a\ufffd[2Jb\ufffdc\ufffdd\ufffde');
  assert.equal(printable('é 😀\n\tok'), 'é 😀\n\tok');
});
