import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ODD_VALUE } from '../../store/node-query/columns.ts';
import { columnsOf, createdAnswer, documentOf, recordOf } from './document.ts';
import { checkoutBody, create, ID, NOW, OTHER_ID, revision } from './node-fixture.ts';

const KEYS =
  'id,kind,name,path,group,parent,state,result,artifacts,data,debug,jobfilter,platform_filter,created,updated,' +
  'timeout,holdoff,owner,submitter,treeid,user_groups,processed_by_kcidb_bridge,retry_counter';
const node = create(
  checkoutBody({
    ...{
      name: 'quoted "name" \u2028 😀',
      parent: OTHER_ID,
      holdoff: '2024-02-01T09:58:28',
      jobfilter: ['j'],
    },
    ...{ artifacts: { a: 'https://x.org/a' }, debug: null, updated: 0, retry_counter: -2 },
  }),
);

describe('the document of a node', () => {
  test('has the 23 keys in their order, times in naive UTC', () => {
    const read = JSON.parse(documentOf(node));
    assert.equal(Object.keys(read).join(), KEYS);
    assert.deepEqual(read, {
      ...node,
      created: '2026-11-23T22:59:09.615000',
      updated: '1970-01-01T00:00:00',
      timeout: '2026-11-24T04:59:09.615000',
      holdoff: '2024-02-01T09:58:28',
    });
  });

  test('is the node again when it is read', () => {
    for (const one of [node, { ...node, timeout: null, updated: NOW, created: -62_135_596_800_000 }]) {
      assert.deepEqual(recordOf(documentOf(one)), one);
      assert.equal(documentOf(recordOf(documentOf(one))), documentOf(one));
    }
  });

  test('has its id last when a creation answers it', () => {
    const answer = createdAnswer(documentOf(node));
    assert.equal(Object.keys(JSON.parse(answer)).join(), `${KEYS.slice('id,'.length)},id`);
    assert.deepEqual(JSON.parse(answer), JSON.parse(documentOf(node)));
  });
});

describe('the columns of a node', () => {
  const columnOf = (data: Record<string, unknown>) => columnsOf({ ...node, data });

  test('hold what queries ask for most', () => {
    const columns = columnsOf({
      ...node,
      ...{ group: 'g', submitter: 's', treeid: 't', processed_by_kcidb_bridge: true },
      data: { kernel_revision: revision(), platform: 'p', runtime: 'r', arch: 'a' },
    });
    assert.deepEqual(columns, {
      ...{ id: ID, kind: 'checkout', state: 'running', result: null, name: node.name, group_name: 'g' },
      ...{ owner: 'ada', parent: OTHER_ID, treeid: 't', tree: 'mainline', branch: 'master' },
      commit_hash: '8f5ae30d69d7543eee0d70083daf4de8fe15d585',
      ...{ platform: 'p', runtime: 'r', arch: 'a', submitter: 's', processed: 1, retry_counter: -2 },
      ...{ created: node.created, updated: 0, timeout: node.timeout, holdoff: node.holdoff },
    });
  });

  test('are null for what is null or absent, however it is absent', () => {
    for (const data of [
      {},
      { arch: null },
      { kernel_revision: null },
      { kernel_revision: 'x' },
      { kernel_revision: {} },
    ]) {
      const { arch, tree } = columnOf(data);
      assert.deepEqual([arch, tree], [null, null]);
    }
    assert.equal(columnOf(Object.create({ arch: 'inherited' })).arch, null);
  });

  test('say when a value is no short text', () => {
    for (const odd of [7, true, ['a'], {}, 'x'.repeat(401), '😀'.repeat(101), 'é'.repeat(201)]) {
      assert.equal(columnOf({ arch: odd }).arch, ODD_VALUE);
    }
    for (const short of ['', 'x'.repeat(400), '😀'.repeat(100), 'é'.repeat(200)]) {
      assert.equal(columnOf({ arch: short }).arch, short);
    }
    const listed = columnOf({ kernel_revision: [revision()] });
    assert.deepEqual([listed.tree, listed.branch, listed.commit_hash], Array(3).fill(ODD_VALUE));
    assert.equal(columnsOf({ ...node, name: 'n'.repeat(401) }).name, ODD_VALUE);
  });
});
