import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'smol-toml';
import { KciError } from '../errors.ts';
import { chooseToken } from './secrets.ts';

const TOML = `
[kci.secrets]
api.early-access.token = " everyday\\n"
api.early-access.tokens.admin = "for-admin"
api.bare.tokens.admin = "x"
api.wrong.token = "two words"
api.number.token = 7
`;
const choose = (api: string | undefined, as?: string) =>
  chooseToken({ path: 'kernelci.toml', data: parse(TOML) }, api, as);

describe('tokens', () => {
  test('the everyday one goes without asking, a named one only when asked for', () => {
    assert.deepEqual(choose('early-access'), {
      token: 'everyday',
      name: undefined,
      from: 'api.early-access.token in [kci.secrets] of kernelci.toml',
    });
    assert.equal(choose('early-access', 'admin')?.token, 'for-admin');
    assert.equal(choose('early-access', '')?.token, 'everyday');
    assert.equal(choose('bare'), undefined);
    assert.equal(choose('unknown'), undefined);
    assert.equal(choose(undefined), undefined);
    assert.equal(choose('constructor'), undefined);
  });

  test('a name without a token is an error that tells the others', () => {
    assert.throws(() => choose('early-access', 'root'), /no token named 'root' for API 'early-access'/);
    assert.throws(
      () => choose('early-access', 'toString'),
      (error) => error instanceof KciError && /there is: admin/.test(error.hint ?? ''),
    );
  });

  test('what cannot be a token is refused where it stands', () => {
    assert.throws(
      () => choose('wrong'),
      /api\.wrong\.token in \[kci\.secrets\] of kernelci\.toml is not a token/,
    );
    assert.throws(() => choose('number'), KciError);
  });
});
