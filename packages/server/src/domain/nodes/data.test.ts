import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NODE_KINDS, type NodeKind } from '@kernelci/model';
import { completeData, nodeData } from './data.ts';
import { ID, refusal, revision } from './node-fixture.ts';

type Data = Record<string, unknown>;

const without = (key: string): Data => {
  const { [key]: _, ...rest } = revision();
  return rest;
};

/** What is refused, and the place that the refusal names. */
const REFUSED: Array<[NodeKind, Data | null, string]> = [
  ['checkout', null, 'data: '],
  ['regression', null, 'data: '],
  ['checkout', { kernel_revision: 'x' }, 'data.kernel_revision: '],
  ['checkout', { kernel_revision: [] }, 'data.kernel_revision: '],
  ...['tree', 'url', 'branch', 'commit'].map((key): [NodeKind, Data, string] => [
    'kbuild',
    { kernel_revision: without(key) },
    `data.kernel_revision.${key}: `,
  ]),
  ['checkout', { kernel_revision: revision({ tree: null }) }, 'data.kernel_revision.tree: '],
  ['checkout', { kernel_revision: revision({ url: 'nota url' }) }, 'data.kernel_revision.url: '],
  ['checkout', { kernel_revision: revision({ url: 'git@github.com:a/b' }) }, 'data.kernel_revision.url: '],
  ['checkout', { kernel_revision: revision({ describe: 7 }) }, 'data.kernel_revision.describe: '],
  ['checkout', { kernel_revision: revision({ tip_of_branch: 'x' }) }, 'data.kernel_revision.tip_of_branch: '],
  [
    'checkout',
    { kernel_revision: revision({ commit_tags: ['a', 1] }) },
    'data.kernel_revision.commit_tags.1: ',
  ],
  ['job', { kernel_revision: revision({ version: {} }) }, 'data.kernel_revision.version.version: '],
  [
    'job',
    { kernel_revision: revision({ version: { version: 6 } }) },
    'data.kernel_revision.version.patchlevel: ',
  ],
  ['test', { test_revision: revision({ version: { version: 'x', patchlevel: 1 } }) }, "not 'x'"],
  ['test', { test_revision: revision({ version: { version: 1.5, patchlevel: 1 } }) }, '.version.version: '],
  [
    'test',
    { test_revision: revision({ version: { version: 1, patchlevel: '9'.repeat(20) } }) },
    '.patchlevel: ',
  ],
  ['checkout', { error_code: 'Test' }, 'data.error_code: '],
  ['kbuild', { error_code: 'aliens' }, 'data.error_code: '],
  ['kbuild', { fragments: 'x' }, 'data.fragments: '],
  ['kbuild', { job_id: 42 }, 'data.job_id: '],
  ['test', { misc: [] }, 'data.misc: '],
  ['test', { test_source: 'x' }, 'data.test_source: '],
  ['test', { regression: 'zzz' }, 'data.regression: '],
  ['regression', { fail_node: 'zzz' }, 'data.fail_node: '],
  ['regression', { node_sequence: [ID, 'zzz'] }, 'data.node_sequence.1: '],
  ['regression', { failed_kernel_revision: {} }, 'data.failed_kernel_revision.tree: '],
];

describe('the data of a node', () => {
  for (const [kind, data, place] of REFUSED) {
    test(`${kind} refuses ${JSON.stringify(data)?.slice(0, 60)}, naming ${place}`, () => {
      const { message } = refusal('bad_value', () => nodeData(kind, data));
      assert.ok(message.includes(place), message);
    });
  }

  test('may leave out everything, hold null and hold what is not known, in every kind', () => {
    for (const kind of NODE_KINDS) {
      assert.deepEqual(nodeData(kind, undefined), {});
      const free = { error_code: null, kernel_revision: null, __anything: [{ deep: [1] }], constructor: 1 };
      assert.equal(nodeData(kind, free), free);
    }
  });

  test('is free in a process, where versions are counted all the same', () => {
    const data = { kernel_revision: { version: { version: '6', patchlevel: 'rc' } }, error_code: 7 };
    assert.deepEqual(nodeData('process', data), {
      kernel_revision: { version: { version: 6, patchlevel: 'rc' } },
      error_code: 7,
    });
    assert.deepEqual(nodeData('process', null), {});
  });

  test('takes repositories of any scheme, as they are written', () => {
    for (const url of ['ssh://git@h/x', 'git://H/x', 'file:///srv/x', 'https://H']) {
      const data = { kernel_revision: revision({ url }) };
      assert.equal(nodeData('checkout', data), data);
    }
  });

  test('is complete in a hierarchy: known keys first, in their order, then the rest', () => {
    const data = { tree_priority: 1, arch: 'arm64', kernel_revision: revision({ url: 'https://H', odd: 2 }) };
    const whole = completeData('kbuild', data);
    assert.equal(
      Object.keys(whole).join(),
      'kernel_revision,arch,defconfig,compiler,error_code,error_msg,fragments,config_full,platform,runtime,job_id,' +
        'job_context,kernel_type,regression,tree_priority',
    );
    assert.deepEqual(whole.kernel_revision, {
      ...revision({ url: 'https://h/', odd: 2 }),
      ...{ describe: null, version: null, patchset: null, commit_tags: [], commit_message: null },
      tip_of_branch: null,
    });
    assert.equal(whole.arch, 'arm64');
    assert.equal(whole.tree_priority, 1);
    assert.equal(whole.fragments, null);
    assert.deepEqual(completeData('regression', {}).node_sequence, []);
    assert.deepEqual(completeData('job', {}).misc, {});
    assert.deepEqual(completeData('process', { a: 1 }), { a: 1 });
  });
});
