import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinAssignments, partAfterAssignment } from './words.ts';

test('what bash splits at equals signs is put together again', () => {
  assert.deepEqual(joinAssignments(['--api', '=', 'lo']), ['--api=lo']);
  assert.deepEqual(joinAssignments(['--api', '=', '']), ['--api=']);
  assert.deepEqual(joinAssignments(['--api', '=']), ['--api=']);
  assert.deepEqual(joinAssignments(['user', 'find', 'name', '=', 'x']), ['user', 'find', 'name', '=', 'x']);
  assert.equal(partAfterAssignment('--api=local', '--api=lo'), 'local');
  assert.equal(partAfterAssignment('--api', '--a'), '--api');
});
