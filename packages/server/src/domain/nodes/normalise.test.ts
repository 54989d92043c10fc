import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { NodeBody } from '@kernelci/model';
import { checkoutBody, create, ID, NOW, refusal, revision } from './node-fixture.ts';

const HOUR = 3_600_000;
const withVersion = (version: Record<string, unknown>) =>
  checkoutBody({ data: { kernel_revision: revision({ version }) } });

describe('a new node', () => {
  test('has the defaults where its body is silent', () => {
    assert.deepEqual(create({ kind: 'process', name: 'p', path: ['p'] }), {
      id: ID,
      kind: 'process',
      name: 'p',
      path: ['p'],
      group: null,
      parent: null,
      state: 'running',
      result: null,
      artifacts: {},
      data: {},
      debug: {},
      jobfilter: null,
      platform_filter: [],
      created: NOW,
      updated: NOW,
      timeout: NOW + 6 * HOUR,
      holdoff: null,
      owner: 'ada',
      submitter: null,
      treeid: null,
      user_groups: [],
      processed_by_kcidb_bridge: false,
      retry_counter: 0,
    });
  });

  test('keeps what its body says, unknown keys of the data included, and belongs to the caller', () => {
    const body = {
      ...checkoutBody({ owner: 'eve', submitter: 'service:pipeline', treeid: 't', state: 'done' }),
      ...{ result: 'skip' as const, retry_counter: 2, jobfilter: ['a'], user_groups: ['lab', 'other'] },
      data: { kernel_revision: revision({ odd: [1] }), extra_key: { a: 1 }, error_msg: null },
      surprise: 1,
    };
    const node = create(body);
    assert.deepEqual(node.data, body.data);
    assert.equal('surprise' in node, false);
    const { owner, submitter, treeid, state, result, retry_counter, jobfilter, user_groups } = node;
    assert.deepEqual(
      { owner, submitter, treeid, state, result, retry_counter, jobfilter, user_groups },
      {
        ...{ owner: 'ada', submitter: 'service:pipeline', treeid: 't', state: 'done', result: 'skip' },
        ...{ retry_counter: 2, jobfilter: ['a'], user_groups: ['lab', 'other'] },
      },
    );
  });

  test('keeps nulls, but for the data of a process', () => {
    const nulls = { artifacts: null, debug: null, platform_filter: null, data: null };
    const node = create({ kind: 'process', name: 'p', path: [], ...nulls });
    assert.deepEqual([node.artifacts, node.debug, node.platform_filter, node.data], [null, null, null, {}]);
  });

  test('has its parent in lower case', () => {
    assert.equal(create(checkoutBody({ parent: ID.toUpperCase() })).parent, ID);
  });

  test('reads its times, all forms', () => {
    const node = create(
      checkoutBody({
        created: '2024-02-01T09:58:28.479138',
        updated: '2024-02-01 09:58',
        timeout: 1_706_781_508,
        holdoff: '2024-02-01T11:58:28+02:00',
      }),
    );
    const at = Date.parse('2024-02-01T09:58:28Z');
    assert.deepEqual(
      [node.created, node.updated, node.timeout, node.holdoff],
      [at + 479, at - 28_000, at, at],
    );
  });

  test('has its artifacts as URLs are written, without changing the body', () => {
    const artifacts = {
      a: 'https://storage.kernelci.org/a b.tar.gz',
      b: 'http://H.example:80',
      c: 'https://x.org/c',
    };
    const body = checkoutBody({ artifacts });
    assert.deepEqual(create(body).artifacts, {
      a: 'https://storage.kernelci.org/a%20b.tar.gz',
      b: 'http://h.example/',
      c: 'https://x.org/c',
    });
    assert.equal(artifacts.b, 'http://H.example:80');
  });

  test('names every field that cannot be read, before anything else', () => {
    const body = checkoutBody({
      ...{ id: ID, kind: 'spaceship', timeout: 'soon', created: '0000-01-01', user_groups: ['a', 'b', 'a'] },
      artifacts: { tarball: 'ftp:///x y', fine: 'https://x.org/', bad: 'x' },
    });
    const { places } = refusal('invalid', () => create(body));
    assert.deepEqual(places.sort(), [
      'body.artifacts.bad',
      'body.artifacts.tarball',
      'body.created',
      'body.timeout',
      'body.user_groups',
    ]);
  });

  test('tells of many wrong artifacts a hundred', () => {
    const artifacts = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`a${i}`, 'no']));
    assert.equal(refusal('invalid', () => create(checkoutBody({ artifacts }))).places.length, 100);
  });

  test('cannot choose its id', () => {
    const told = (id: unknown) => refusal('bad_value', () => create(checkoutBody({ id }))).message;
    assert.equal(told(ID), `Object cannot be created with id: ${ID}`);
    assert.equal(told(7), 'Object cannot be created with id: 7');
    assert.ok(told('x'.repeat(1e6)).length < 200);
    assert.equal(create(checkoutBody({ id: null })).id, ID);
  });

  test('is of a kind that there is', () => {
    const told = (body: NodeBody) => refusal('bad_value', () => create(body)).message;
    assert.equal(told(checkoutBody({ kind: 'spaceship' })), 'Unsupported node kind: spaceship');
    assert.equal(told({ name: 'x', path: [] }), 'Unsupported node kind: node');
    assert.equal(told(checkoutBody({ kind: 'constructor' })), 'Unsupported node kind: constructor');
  });

  test('counts kernel versions, in a copy', () => {
    const version = { version: '6', patchlevel: ' 12 ', sublevel: null, extra: '3' };
    const body = withVersion(version);
    const { data } = create(body);
    assert.deepEqual(data, {
      kernel_revision: revision({ version: { version: 6, patchlevel: 12, sublevel: null, extra: '3' } }),
    });
    assert.equal(version.version, '6');
  });
});
