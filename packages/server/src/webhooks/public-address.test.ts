import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { publicAddressesOf } from './checked-lookup.ts';
import { hostOf, isPlainlyPrivate, isPublicAddress } from './public-address.ts';

const PUBLIC = [
  '8.8.8.8',
  '1.1.1.1',
  '172.15.0.1',
  '172.32.0.1',
  '100.128.0.1',
  '192.169.0.1',
  '2600::1',
  '2a01::1',
];
const PRIVATE = [
  ...['0.0.0.0', '0.1.2.3', '10.0.0.1', '100.64.0.1', '127.0.0.1', '127.255.255.255', '169.254.169.254'],
  ...['172.16.0.1', '172.31.255.255', '192.0.0.1', '192.0.2.1', '192.168.0.1', '198.18.0.1', '198.51.100.1'],
  ...['203.0.113.1', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
  ...[
    '::',
    '::1',
    '::ffff:8.8.8.8',
    '::ffff:10.0.0.1',
    '::7f00:1',
    '64:ff9b::808:808',
    '64:ff9b:1::1',
    '100::1',
  ],
  ...[
    '2001::1',
    '2001:db8::1',
    '2002:808:808::1',
    '3fff::1',
    '5f00::1',
    'fc00::1',
    'fd00::1',
    'fe80::1',
    'fec0::1',
  ],
  ...['ff02::1', 'fe80::1%eth0', '4000::1'],
];

describe('addresses that something may be sent to', () => {
  test('those of the public internet', () => {
    for (const address of PUBLIC) assert.equal(isPublicAddress(address), true, address);
    for (const address of PRIVATE) assert.equal(isPublicAddress(address), false, address);
    for (const text of ['', 'x', 'example.org', '1.2.3', '1.2.3.4.5', '08.8.8.8']) {
      assert.equal(isPublicAddress(text), false, text);
    }
  });

  test('what can be seen from the address alone', () => {
    const plainly = (url: string) => isPlainlyPrivate(hostOf(new URL(url)));
    for (const url of ['http://localhost/', 'http://x.localhost./', 'http://[::1]:80/', 'http://0x7f.1/']) {
      assert.equal(plainly(url), true, url);
    }
    for (const url of [
      'http://example.org/',
      'http://localhost.example.org/',
      'http://[2600::1]/',
      'http://8.8.8.8/',
    ]) {
      assert.equal(plainly(url), false, url);
    }
  });

  test('a socket is given none that is private', async () => {
    assert.deepEqual(await publicAddressesOf('8.8.8.8'), ['8.8.8.8']);
    for (const host of ['localhost', '127.0.0.1', '::1', '10.0.0.1']) {
      await assert.rejects(publicAddressesOf(host), /is not on the public internet/, host);
    }
  });
});
