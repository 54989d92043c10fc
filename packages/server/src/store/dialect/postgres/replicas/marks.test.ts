import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Marks } from './marks.ts';

const UNKNOWN = Number.NEGATIVE_INFINITY;

test('data is as old as the latest mark that it has', () => {
  const marks = new Marks();
  assert.equal(marks.asOf(100), UNKNOWN);
  marks.add({ lsn: 100, at: 1 });
  marks.add({ lsn: 200, at: 2 });
  assert.deepEqual(
    [99, 100, 199, 200, 1000].map((lsn) => marks.asOf(lsn)),
    [UNKNOWN, 1, 1, 2, 2],
  );
});

test('while nothing is written, what is complete stays fresh', () => {
  const marks = new Marks();
  marks.add({ lsn: 100, at: 1 });
  marks.add({ lsn: 200, at: 2 });
  marks.add({ lsn: 200, at: 3 });
  assert.deepEqual(
    [100, 200].map((lsn) => marks.asOf(lsn)),
    [1, 3],
  );
});

test('a log that ends earlier than before is another one', () => {
  const marks = new Marks();
  marks.add({ lsn: 200, at: 1 });
  marks.add({ lsn: 150, at: 2 });
  assert.deepEqual(
    [149, 150, 200].map((lsn) => marks.asOf(lsn)),
    [UNKNOWN, 2, 2],
  );
});

test('of many marks the latest stay, and what is far behind still has an age, never less than the true one', () => {
  const marks = new Marks();
  const count = 10_000;
  for (let n = 1; n <= count; n += 1) marks.add({ lsn: n, at: n });
  for (let n = count - 50; n <= count; n += 1) assert.equal(marks.asOf(n), n);
  for (let n = 1; n <= count; n += 1) {
    assert.ok(marks.asOf(n) <= n);
    assert.ok(marks.asOf(n) >= 1);
  }
});
