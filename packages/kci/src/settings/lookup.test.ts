import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'smol-toml';
import { KciError } from '../errors.ts';
import { lookUp } from './lookup.ts';
import { flag, text, texts, whole } from './parameters.ts';

const file = {
  path: 'kernelci.toml',
  data: parse(`
indent = 1
as = "top"
[kci]
indent = 2
api = "x"
page_length = 20
[kci.user]
indent = 3
config = ["a", "b"]
[kci.user.find]
indent = 4
verbose = true
[kci.user.group.find]
as = "admin"
`),
};
const at = (command: string, key: string) => lookUp(file, command.split(' ').filter(Boolean), key)?.value;

describe('settings are inherited', () => {
  test('the deepest section that has a key wins', () => {
    assert.deepEqual(
      ['', 'node find', 'user', 'user find', 'user get'].map((command) => at(command, 'indent')),
      [2, 2, 3, 4, 3],
    );
    assert.equal(at('user group find', 'as'), 'admin');
    assert.equal(at('user group list', 'as'), 'top');
    assert.equal(at('user find', 'storage'), undefined);
  });

  test('a section is not taken for a setting, nor what objects have anyway', () => {
    assert.equal(at('', 'user'), undefined);
    assert.equal(at('', 'constructor'), undefined);
    assert.equal(at('constructor __proto__', 'indent'), 2);
    const nested = { path: 'f', data: parse('api = "top"\n[kci.api]\nindent = 7') };
    assert.equal(lookUp(nested, ['api', 'hello'], 'api')?.value, 'top');
    assert.equal(lookUp(nested, ['api', 'hello'], 'indent')?.value, 7);
  });

  test('messages say where a value stands', () => {
    assert.equal(lookUp(file, ['user'], 'indent')?.where, 'indent in [kci.user] of kernelci.toml');
    assert.equal(lookUp(file, ['user'], 'as')?.where, 'as at the top of kernelci.toml');
  });
});

test('settings have types', () => {
  const found = (value: unknown) => ({ value, where: 'key of file' });
  assert.equal(text(found('a')), 'a');
  assert.equal(flag(found(false)), false);
  assert.deepEqual(texts(found('a')), ['a']);
  assert.deepEqual(texts(found(['a', 'b'])), ['a', 'b']);
  assert.equal(whole(0, 9)(found(9)), 9);
  for (const attempt of [
    () => text(found(1)),
    () => flag(found('true')),
    () => texts(found([1])),
    () => texts(found({})),
    () => whole(0)(found(-1)),
    () => whole(0)(found(1.5)),
    () => whole(0)(found('1')),
    () => whole(0, 9)(found(10)),
  ]) {
    assert.throws(attempt, KciError);
  }
});
