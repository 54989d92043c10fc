import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NODE_STATES, type NodeState } from '@kernelci/model';
import { checkoutBody, create, ID, NOW, OTHER_ID, refusal, revision } from './node-fixture.ts';
import { patchedNode, replacedNode } from './normalise.ts';

const LATER = NOW + 1000;
const HOUR = 3_600_000;
const stored = {
  ...create(
    checkoutBody({
      ...{ group: 'g', treeid: 't', submitter: 's', user_groups: ['lab'], retry_counter: 3 },
      ...{
        artifacts: { a: 'https://x.org/a' },
        created: '2024-01-01',
        timeout: '2024-01-02',
        debug: { d: 1 },
      },
    }),
  ),
  processed_by_kcidb_bridge: true,
};
const ALLOWED: Record<NodeState, NodeState[]> = {
  running: ['running', 'available', 'closing', 'done'],
  available: ['available', 'closing', 'done'],
  closing: ['closing', 'done'],
  done: ['done'],
};

describe('a replaced node', () => {
  test('returns to the defaults but for its id, owner, submitter and groups', () => {
    const body = checkoutBody({
      owner: 'eve',
      submitter: 'eve',
      user_groups: ['evil'],
      updated: '2024-01-01',
    });
    const node = replacedNode(stored, body, LATER);
    assert.deepEqual(node, {
      ...create(checkoutBody(), LATER),
      ...{ owner: 'ada', submitter: 's', user_groups: ['lab'] },
    });
    assert.equal(node.timeout, LATER + 6 * HOUR);
  });

  test('keeps its id whatever id the body has, which must be one', () => {
    assert.equal(replacedNode(stored, checkoutBody({ id: OTHER_ID }), LATER).id, ID);
    assert.equal(replacedNode(stored, checkoutBody({ id: null }), LATER).id, ID);
    const told = (id: unknown) =>
      refusal('bad_value', () => replacedNode(stored, checkoutBody({ id }), LATER));
    assert.equal(
      told('nope').message,
      "'nope' is not a valid ObjectId, it must be a 12-byte input or a 24-character hex string",
    );
    assert.match(told({ a: 1 }).message, /is not a valid ObjectId/);
  });

  test('is not its own parent', () => {
    const body = checkoutBody({ parent: ID.toUpperCase() });
    assert.match(refusal('bad_value', () => replacedNode(stored, body, LATER)).message, /own parent/);
  });
});

describe('the state', () => {
  for (const from of NODE_STATES) {
    test(`goes from ${from} to ${ALLOWED[from]} only`, () => {
      const current = { ...stored, state: from };
      for (const to of NODE_STATES) {
        const replace = () => replacedNode(current, checkoutBody({ state: to }), LATER);
        const patch = () => patchedNode(current, { state: to }, LATER);
        if (ALLOWED[from].includes(to)) {
          assert.equal(replace().state, to);
          assert.equal(patch().state, to);
        } else {
          const message = `Transition not allowed with state: ${to}`;
          assert.equal(refusal('bad_value', replace).message, message);
          assert.equal(refusal('bad_value', patch).message, message);
        }
      }
    });
  }
});

describe('the bridge flag', () => {
  const after = (flag: boolean, body: { state?: NodeState; processed_by_kcidb_bridge?: boolean }) => {
    const current = { ...stored, processed_by_kcidb_bridge: flag };
    const replaced = replacedNode(current, checkoutBody(body), LATER).processed_by_kcidb_bridge;
    const patched = patchedNode(current, { debug: {}, ...body }, LATER).processed_by_kcidb_bridge;
    assert.equal(replaced, patched);
    return replaced;
  };

  test('is set by a body that flips it and leaves the state alone, and reset by any other', () => {
    assert.equal(after(false, { processed_by_kcidb_bridge: true }), true);
    assert.equal(after(false, { processed_by_kcidb_bridge: true, state: 'done' }), false);
    assert.equal(after(true, { processed_by_kcidb_bridge: true }), false);
    assert.equal(after(true, { processed_by_kcidb_bridge: false }), false);
    assert.equal(after(true, {}), false);
  });
});

describe('a patched node', () => {
  test('has the given fields replaced, not merged, and nothing else but its time of change', () => {
    const body = {
      ...{ artifacts: { b: 'http://H' }, data: { error_msg: 'x' }, result: 'pass' as const, holdoff: null },
      ...{ timeout: 1_706_781_508, jobfilter: ['j'], platform_filter: null, debug: {} },
    };
    assert.deepEqual(patchedNode(stored, body, LATER), {
      ...stored,
      ...body,
      artifacts: { b: 'http://h/' },
      timeout: 1_706_781_508_000,
      updated: LATER,
      processed_by_kcidb_bridge: false,
    });
  });

  test('needs a field that can be changed', () => {
    const renamed = { name: 'renamed', id: OTHER_ID, owner: 'eve', retry_counter: 9 };
    for (const body of [{}, renamed]) {
      assert.equal(
        refusal('bad_value', () => patchedNode(stored, body, LATER)).message,
        'No fields to update',
      );
    }
  });

  test('is checked as a new one is', () => {
    const bad = { data: { kernel_revision: revision({ url: 'x' }) } };
    assert.match(
      refusal('bad_value', () => patchedNode(stored, bad, LATER)).message,
      /data\.kernel_revision\.url/,
    );
    assert.match(refusal('bad_value', () => patchedNode(stored, { data: null }, LATER)).message, /data: /);
    const places = refusal('invalid', () =>
      patchedNode(stored, { holdoff: 'x', artifacts: { a: 'b' } }, LATER),
    ).places;
    assert.deepEqual(places, ['body.artifacts.a', 'body.holdoff']);
  });
});
