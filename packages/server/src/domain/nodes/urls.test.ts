import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isUrl, normalHttpUrl, normalUrl } from './urls.ts';

const SPELLINGS: Array<[string, string | undefined]> = [
  ['https://storage.kernelci.org/a b.tar.gz', 'https://storage.kernelci.org/a%20b.tar.gz'],
  ['http://h', 'http://h/'],
  ['HTTPS://Files.KernelCI.org:443/X', 'https://files.kernelci.org/X'],
  ['http://h:80/é?q=é', 'http://h/%C3%A9?q=%C3%A9'],
  ['https://bücher.example/', 'https://xn--bcher-kva.example/'],
  ['https://a.bc/x/../y/./z', 'https://a.bc/y/z'],
  ['https://a.bc/%2e%2e/x', 'https://a.bc/x'],
  ['https://a.bc/.config', 'https://a.bc/.config'],
  ['https://a.bc/x?sig=a%2Fb&e=1', 'https://a.bc/x?sig=a%2Fb&e=1'],
  ['https://user:pw@a.bc/', 'https://user:pw@a.bc/'],
  ['ftp://a.bc/x', undefined],
  ['ftp:///x y', undefined],
  ['file:///etc/passwd', undefined],
  ["javascript:alert('x')", undefined],
  ['https://', undefined],
  ['https://a b/', undefined],
  ['https://a.bc:99999/', undefined],
  ['//a.bc/x', undefined],
  ['', undefined],
];

const PIECES = [
  ...[
    'a',
    'Z',
    '0',
    '9',
    '.',
    '..',
    '/',
    '//',
    '-',
    '_',
    '~',
    '%',
    '%2e',
    '%20',
    '?',
    '#',
    '@',
    ':',
    '443',
    '80',
  ],
  ...[
    '&',
    '=',
    '+',
    "'",
    '"',
    ' ',
    '\\',
    '^',
    '|',
    '{',
    '`',
    'é',
    'xn--',
    '0x',
    '\t',
    '\n',
    '!',
    '(',
    ';',
    '[',
  ],
];
const STARTS = [
  'https://',
  'http://',
  'https://a.bc/',
  'https://files.kernelci.org/x',
  'HTTP://',
  'git://',
  '',
];

/** The same sequence in each run. */
function sequence(): (below: number) => number {
  let state = 0x2545f491;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe('addresses', () => {
  for (const [text, normal] of SPELLINGS) {
    test(`${JSON.stringify(text)} is ${normal ?? 'none of the web'}`, () => {
      assert.equal(normalHttpUrl(text), normal);
    });
  }

  test('of other schemes are addresses too', () => {
    assert.equal(normalUrl('git://H.example/x'), 'git://H.example/x');
    assert.equal(isUrl('ssh://git@h/x'), true);
    assert.equal(isUrl('nota url'), false);
    assert.equal(normalUrl('nota url'), undefined);
  });

  test('are spelt as the URL standard spells them, whatever they are made of', () => {
    const pick = sequence();
    const one = <T>(list: readonly T[]) => list[pick(list.length)] as T;
    for (let i = 0; i < 50_000; i += 1) {
      const text = one(STARTS) + Array.from({ length: pick(9) }, () => one(PIECES)).join('');
      const url = URL.parse(text);
      assert.equal(normalUrl(text), url?.href, text);
      assert.equal(normalHttpUrl(text), /^https?:$/.test(url?.protocol ?? '') ? url?.href : undefined, text);
      assert.equal(isUrl(text), url !== null, text);
    }
  });
});
