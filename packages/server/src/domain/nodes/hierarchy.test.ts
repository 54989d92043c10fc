import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HierarchyBody, NodeBody } from '@kernelci/model';
import { checkoutBody, create, ID, NOW, OTHER_ID, refusal } from './node-fixture.ts';
import { hierarchyNodes } from './normalise.ts';

const LATER = NOW + 1000;
const job = (extra: Partial<NodeBody> = {}): NodeBody => ({
  kind: 'job',
  name: 'job',
  path: ['job'],
  ...extra,
});
const tree = (name: string, ...children: HierarchyBody[]): HierarchyBody => ({
  node: { kind: 'test', name, path: ['job', name] },
  child_nodes: children,
});
const root = create(
  job({
    state: 'done',
    parent: OTHER_ID,
    submitter: 's',
    treeid: 't',
    user_groups: ['lab'],
    data: { odd: 1 },
  }),
);

function write(body: HierarchyBody) {
  let made = 0;
  const newId = () => {
    made += 1;
    return made.toString(16).padStart(24, '0');
  };
  return hierarchyNodes(root, body, { owner: 'bob', now: LATER, newId });
}

describe('a hierarchy', () => {
  test('comes root first, depth first, each under its parent', () => {
    const nodes = write({
      node: job({ parent: OTHER_ID }),
      child_nodes: [tree('a', tree('b', tree('c')), tree('d')), tree('e')],
    });
    const nameOf = new Map(nodes.map(({ id, name }) => [id, name]));
    assert.deepEqual(
      nodes.map(({ name, parent }) => [name, nameOf.get(parent ?? '') ?? parent]),
      [
        ['job', OTHER_ID],
        ['a', 'job'],
        ['b', 'a'],
        ['c', 'b'],
        ['d', 'a'],
        ['e', 'job'],
      ],
    );
    assert.equal(nodes[0]?.id, ID);
    assert.equal(nameOf.size, 6);
  });

  test('leaves the root with its owner and gives the rest to the caller', () => {
    const theirs = { owner: 'eve', submitter: 'eve', user_groups: ['evil'], treeid: 'u' };
    const below = { ...tree('a'), node: { ...tree('a').node, ...theirs, parent: OTHER_ID } };
    const [first, child] = write({ node: job(theirs), child_nodes: [below] });
    assert.deepEqual(
      [first?.owner, first?.submitter, first?.user_groups, first?.treeid],
      ['ada', 's', ['lab'], 'u'],
    );
    assert.deepEqual(
      [child?.owner, child?.submitter, child?.user_groups, child?.treeid, child?.parent],
      ['bob', 's', ['evil'], 'u', ID],
    );
  });

  test('keeps what is below in the tree when the root does not name it', () => {
    const [first, child] = write({ node: job(), child_nodes: [tree('a')] });
    assert.deepEqual([first?.treeid, child?.treeid], [null, 't']);
  });

  test('may change the state in any way', () => {
    assert.equal(write({ node: job({ state: 'running' }), child_nodes: [] })[0]?.state, 'running');
  });

  test('completes the data of each node and keeps what is not known', () => {
    const [first, child] = write({ node: job({ data: { tree_priority: 1 } }), child_nodes: [tree('a')] });
    assert.equal(first?.data.tree_priority, 1);
    assert.equal(first?.data.runtime, null);
    assert.deepEqual(child?.data.misc, {});
  });

  test('names the place of what is wrong', () => {
    const broken = (node: Partial<NodeBody>): HierarchyBody => ({
      node: job(),
      child_nodes: [tree('a'), tree('b', { node: job(node), child_nodes: [] })],
    });
    const at = 'child_nodes.1.child_nodes.0.node';
    assert.deepEqual(refusal('invalid', () => write(broken({ timeout: 'soon' }))).places, [
      `body.${at}.timeout`,
    ]);
    const told = (node: Partial<NodeBody>) => refusal('bad_value', () => write(broken(node))).message;
    assert.equal(told({ kind: 'spaceship' }), `Unsupported node kind: spaceship (in ${at})`);
    assert.match(told({ data: { job_id: 1 } }), /data\.job_id: .*child_nodes\.0\.node\)$/);
    assert.match(told({ id: ID }), /^Object cannot be created with id/);
    const rootOnly = { node: checkoutBody({ kind: 'spaceship' }), child_nodes: [] };
    assert.equal(refusal('bad_value', () => write(rootOnly)).message, 'Unsupported node kind: spaceship');
    const untimely = { node: job({ holdoff: 'x' }), child_nodes: [] };
    assert.deepEqual(refusal('invalid', () => write(untimely)).places, ['body.node.holdoff']);
  });

  test('may be deeper than any stack of calls, and wide', () => {
    let deep = tree('leaf');
    for (let i = 0; i < 50_000; i += 1) deep = tree('n', deep);
    assert.equal(write({ node: job(), child_nodes: [deep] }).length, 50_002);
    const wide = Array.from({ length: 50_000 }, () => tree('n'));
    assert.equal(write({ node: job(), child_nodes: wide }).length, 50_001);
  });
});
