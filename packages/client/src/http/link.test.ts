import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextCursor } from './link.ts';

const cursor = (link: string) => nextCursor(new Headers({ link }));

test('the cursor of the next page is found in a Link header', () => {
  const found: [link: string, cursor: string | undefined][] = [
    ['<http://h/latest/nodes?limit=2&after=a%2Bb>; rel="next"', 'a+b'],
    ['</latest/nodes?after=x,y;z>; rel=next', 'x,y;z'],
    ['<?after=x>; title="a, <b>; rel=next"; rel="next"', 'x'],
    ['<?after=1>; rel="prev", <?after=2>; rel="next"; type="text/html"', '2'],
    ['<?after=1>; rel="prev"', undefined],
    ['<?limit=1>; rel="next"', undefined],
    ['nonsense; rel="next"', undefined],
  ];
  for (const [link, expected] of found) assert.equal(cursor(link), expected, link);
  assert.equal(nextCursor(new Headers()), undefined);
});
