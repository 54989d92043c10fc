import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node } from '@kernelci/model';
import { drawTree } from './draw-tree.ts';

const node = (id: string, parent: string | null, extra: Partial<Node> = {}) =>
  ({ id, parent, name: id, kind: 'test', state: 'done', result: 'pass', ...extra }) as Node;

test('a tree is drawn with its branches', () => {
  const nodes = [
    node('a', 'elsewhere', { kind: 'checkout', state: 'available', result: null }),
    node('b', 'a'),
    node('c', 'b', { result: 'fail' }),
    node('d', 'b'),
    node('e', 'd'),
    node('f', 'a', { name: 'two\nlines\x1b[2J' }),
  ];
  assert.deepEqual(drawTree(nodes, { ids: false, room: undefined }), [
    'a                  checkout  available  -',
    '├── b              test      done       pass',
    '│   ├── c          test      done       fail',
    '│   └── d          test      done       pass',
    '│       └── e      test      done       pass',
    '└── two lines\ufffd[2J  test      done       pass',
  ]);
  assert.deepEqual(drawTree([node('a', null)], { ids: true, room: 80 }), ['a  test  done  pass  a']);
});

test('a node comes once, also when nodes are each other’s parents', () => {
  const circle = Array.from({ length: 100 }, (_, at) => node(`${at}`, `${(at + 99) % 100}`));
  const lines = drawTree(circle, { ids: true, room: 80 });
  assert.deepEqual(
    lines.map((line) => line.split(' ').at(-1)),
    circle.map(({ id }) => id),
  );
});
