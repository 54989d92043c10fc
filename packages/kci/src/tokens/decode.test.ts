import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decodeToken, tokenParts } from './decode.ts';
import { describeExpiry, describeScopes, mayAdminister } from './describe.ts';

const part = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const jwt = (claims: unknown) => `${part({ alg: 'HS256' })}.${part(claims)}.signature`;

describe('tokens tell what they are', () => {
  test('their claims are read as they are written', () => {
    assert.equal(tokenParts(jwt('{"exp":1.0,"sub":"é"}'))?.claims, '{"exp":1.0,"sub":"é"}');
    assert.deepEqual(
      decodeToken(jwt({ sub: 'u', exp: 5, iat: 1, jti: 't', scopes: ['nodes'], aud: ['a'] })),
      {
        aud: ['a'],
        sub: 'u',
        exp: 5,
        iat: 1,
        jti: 't',
        scopes: ['nodes'],
      },
    );
  });

  test('claims of a wrong type are as good as absent', () => {
    assert.deepEqual(decodeToken(jwt({ sub: 7, exp: 'soon', iat: 1e300, scopes: 'admin' })), {});
    assert.deepEqual(decodeToken(jwt({ scopes: ['admin', 7] })), { scopes: ['admin'] });
  });

  for (const wrong of [
    '',
    'a',
    'a.b',
    'a.b.c',
    `${part({})}.${part([])}.x`,
    `${part({})}.${part('null')}.x`,
    `${part({})}.!!.x`,
    `${jwt({})}.x`,
    'é.é.é',
  ]) {
    test(`'${wrong}' is not a JWT`, () => assert.equal(decodeToken(wrong), undefined));
  }

  test('scopes and admin rights are told in words', () => {
    assert.match(describeScopes({}), /^all that its account may do/);
    assert.equal(describeScopes({ scopes: [] }), 'none');
    assert.equal(describeScopes({ scopes: ['nodes', 'events'] }), 'nodes, events');
    assert.deepEqual([{}, { scopes: ['admin'] }, { scopes: ['nodes'] }].map(mayAdminister), [
      true,
      true,
      false,
    ]);
  });

  test('so is the expiry', () => {
    const now = Math.floor(Date.now() / 1000);
    assert.equal(describeExpiry({}), 'never');
    assert.match(
      describeExpiry({ exp: now + 3 * 86_400 + 60 }),
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC \(in 3 days\)$/,
    );
    assert.match(describeExpiry({ exp: now - 3 * 3600 - 60 }), /\(3 hours ago\)$/);
  });
});
