import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isSecret, newSecret, signedHeaders } from './signature.ts';

const of = (bytes: number) => `whsec_${Buffer.alloc(bytes, 1).toString('base64')}`;

describe('what webhooks are signed with', () => {
  test('is 24 to 64 bytes in Base64', () => {
    assert.equal(isSecret(newSecret()), true);
    assert.notEqual(newSecret(), newSecret());
    for (const bytes of [24, 25, 32, 64]) assert.equal(isSecret(of(bytes)), true, String(bytes));
    for (const bytes of [0, 1, 23, 65]) assert.equal(isSecret(of(bytes)), false, String(bytes));
    const secret = of(32);
    for (const text of [
      '',
      secret.slice(6),
      secret.slice(0, -1),
      ` ${secret}`,
      `${secret}\n`,
      `${secret}=`,
    ]) {
      assert.equal(isSecret(text), false, JSON.stringify(text));
    }
  });

  test('signs as the example of Standard Webhooks', () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', body: '{"test": 2432232314}' };
    assert.deepEqual(signedHeaders(secret, message, 1_614_265_330_999), {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });
});
