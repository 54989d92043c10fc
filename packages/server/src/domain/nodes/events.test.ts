import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventData } from './events.ts';
import { checkoutBody, create, ID } from './node-fixture.ts';

const node = create(checkoutBody({ group: 'g', artifacts: { a: 'https://x.org/' }, treeid: 't' }));
const told = {
  ...{ op: 'created', id: ID, kind: 'checkout', name: 'checkout', path: ['checkout'], group: 'g' },
  ...{ state: 'running', result: null, owner: 'ada', data: node.data, is_hierarchy: false },
};

describe('the data of an event', () => {
  test('has eleven keys in their order when a node is created', () => {
    assert.equal(eventData('created', node, {}), JSON.stringify(told));
  });

  test('tells what the node was before, after them', () => {
    const previous = { ...node, state: 'available' as const, result: 'fail' as const };
    assert.equal(
      eventData('updated', node, { previous, isHierarchy: true }),
      JSON.stringify({
        ...{ ...told, op: 'updated', is_hierarchy: true },
        ...{ previous_state: 'available', previous_result: 'fail' },
      }),
    );
  });
});
