import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinAssignments, partAfterAssignment } from './words.ts';

test('what bash splits at equals signs is put together again', () => {
  assert.deepEqual(joinAssignments(['--api', '=', 'lo']), ['--api=lo']);
  assert.deepEqual(joinAssignments(['--api', '=', '']), ['--api=']);
  assert.deepEqual(joinAssignments(['--api', '=']), ['--api=']);
  assert.deepEqual(joinAssignments(['find', 'kind', '=', 'job', 'state', '=']), [
    'find',
    'kind=job',
    'state=',
  ]);
  assert.deepEqual(joinAssignments(['find', 'result!', '=', 'fa']), ['find', 'result!=fa']);
  assert.equal(partAfterAssignment('--api=local', '--api=lo'), 'local');
  assert.equal(partAfterAssignment('--api', '--a'), '--api');
  assert.equal(partAfterAssignment('result!=fail', 'result!=fa'), 'fail');
  assert.equal(partAfterAssignment('kind=', 'ki'), 'kind=');
});
