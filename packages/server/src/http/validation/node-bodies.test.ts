import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HierarchyBody, NodeBody, NodesetBody, PatchBody } from '@kernelci/model';
import type { TSchema } from 'typebox';
import { columnsOf, documentOf } from '../../domain/nodes/document.ts';
import { eventData } from '../../domain/nodes/events.ts';
import { newNode, patchedNode, replacedNode } from '../../domain/nodes/normalise.ts';
import { DomainError } from '../../errors.ts';
import { ValidationFailure } from '../error-handler.ts';
import { validatorCompiler } from './compiler.ts';

type Judge = (body: unknown) => { value?: unknown; error?: Error };
const judge = (schema: TSchema): Judge =>
  validatorCompiler()({ schema, httpPart: 'body', method: 'POST', url: '/' }) as Judge;

/** The places that a refusal names; none when the body is taken. */
function placesOf(judged: ReturnType<Judge>): string[] {
  if (judged.error === undefined) return [];
  assert.ok(judged.error instanceof ValidationFailure, String(judged.error));
  return judged.error.problems.map(({ loc }) => loc.join('.'));
}

const asNode = judge(NodeBody);
const asPatch = judge(PatchBody);
const asHierarchy = judge(HierarchyBody);
const minimal = { name: 'n', path: ['n'] };

const WRONG: Array<[string, unknown[]]> = [
  ['name', [null, 7, [], 'x'.repeat(5000), 'x'.repeat(10_000_000)]],
  ['path', [null, 'x', [7], ['x'.repeat(5000)], Array(1001).fill('x'), Array(1_000_000).fill('x')]],
  ['kind', [null, 7]],
  ['group', [7, [], 'x'.repeat(5000)]],
  ['parent', ['zzz', 7, '', `${'6'.repeat(24)} `]],
  ['state', [null, 'flying', '', 'Running', ['running']]],
  ['result', ['maybe', '', 1]],
  ['artifacts', [[], 'x', { a: null }, { a: 7 }, { a: 'x'.repeat(20_000) }]],
  ['data', [[], 'x', 7]],
  ['debug', [[], 'x']],
  ['jobfilter', ['x', [7], {}]],
  ['platform_filter', ['x', [null]]],
  ['created', [null, true, {}, 'x'.repeat(65)]],
  ['updated', [null, []]],
  ['timeout', [null, false]],
  ['holdoff', [true, {}]],
  ['treeid', [7]],
  ['submitter', [[]]],
  ['user_groups', [null, 'x', [7]]],
  ['processed_by_kcidb_bridge', [null, 'perhaps', 2, []]],
  ['retry_counter', [null, '3', 1.5, 1e300, true]],
];

/** A value of any kind, the same in each run. */
function* anything(): Generator<unknown, never> {
  const simple = [
    null,
    true,
    0,
    -1.5,
    1e300,
    '',
    'x',
    '\u{1f600}',
    '2024-01-01',
    '6'.repeat(24),
    'https://x.org',
  ];
  for (let seed = 1; ; seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 1) {
    const a = simple[seed % simple.length];
    const b = simple[(seed >>> 8) % simple.length];
    yield a;
    yield [a, b];
    yield { tree: a, version: { version: b }, url: 'https://x.org', branch: 'b', commit: 'c' };
    yield JSON.parse(`{"__proto__": ${JSON.stringify(a)}, "constructor": ${JSON.stringify(b)}}`);
  }
}

describe('bodies of nodes', () => {
  test('need a name and a path, and nothing else', () => {
    assert.deepEqual(placesOf(asNode({})).sort(), ['body.name', 'body.path']);
    assert.deepEqual(placesOf(asNode({ ...minimal, surprise: { a: 1 } })), []);
    assert.deepEqual(placesOf(asNode(undefined)), ['body']);
  });

  for (const [field, values] of WRONG) {
    test(`name ${field} when it is wrong`, () => {
      for (const value of values) {
        const places = placesOf(asNode({ ...minimal, [field]: value }));
        assert.ok(
          places[0]?.startsWith(`body.${field}`),
          `${JSON.stringify(value)?.slice(0, 60)}: ${places}`,
        );
      }
    });
  }

  test('take null where a node may have none', () => {
    const nulls = [
      'id',
      'group',
      'parent',
      'result',
      'artifacts',
      'data',
      'debug',
      'jobfilter',
      'platform_filter',
    ];
    for (const field of [...nulls, 'holdoff', 'owner', 'submitter', 'treeid']) {
      assert.deepEqual(placesOf(asNode({ ...minimal, [field]: null })), [], field);
    }
  });

  test('name the state of a patch, and ignore what a patch cannot change', () => {
    assert.deepEqual(placesOf(asPatch({ state: 'flying' })), ['body.state']);
    assert.deepEqual(placesOf(asPatch({ name: 7, parent: 'zzz' })), []);
  });

  test('name the node of a hierarchy that is wrong', () => {
    assert.deepEqual(placesOf(asHierarchy({ node: minimal })), ['body.child_nodes']);
    const child = { node: { ...minimal, state: 'flying' }, child_nodes: [{ node: minimal }] };
    assert.deepEqual(placesOf(asHierarchy({ node: minimal, child_nodes: [child] })).sort(), [
      'body.child_nodes.0.child_nodes.0.child_nodes',
      'body.child_nodes.0.node.state',
    ]);
    const many = Array.from({ length: 10_000 }, () => ({ node: minimal, child_nodes: [] }));
    assert.deepEqual(placesOf(asHierarchy({ node: minimal, child_nodes: many })), []);
    const last = { node: minimal, child_nodes: 'none' };
    assert.deepEqual(placesOf(asHierarchy({ node: minimal, child_nodes: [...many, last] })), [
      'body.child_nodes.10000.child_nodes',
    ]);
  });

  test('have the value of a node set as text', () => {
    const asSet = judge(NodesetBody);
    assert.deepEqual(placesOf(asSet({ nodes: [], field: 'f', value: true })), ['body.value']);
    assert.deepEqual(placesOf(asSet({ nodes: 'x', field: 'f', value: 'True' })), ['body.nodes']);
  });

  test('are taken or refused in words, whatever is in them', () => {
    const fields = ['data', ...WRONG.map(([field]) => field), 'id', 'owner'];
    const dataKeys = ['kernel_revision', 'test_revision', 'misc', 'fragments', 'error_code', 'node_sequence'];
    const values = anything();
    const context = { id: '6'.repeat(24), owner: 'ada', now: Date.now() };
    const current = newNode({ ...minimal, kind: 'process' }, context);
    let taken = 0;
    for (let i = 0; i < 5000; i += 1) {
      const kind = ['checkout', 'kbuild', 'job', 'regression', 'process'][i % 5];
      const data = { [dataKeys[i % dataKeys.length] as string]: values.next().value };
      const body = { ...minimal, kind, data, [fields[i % fields.length] as string]: values.next().value };
      for (const act of [
        () => newNode(asBody(asNode, body), context),
        () => replacedNode(current, asBody(asNode, body), context.now),
        () => patchedNode(current, asBody(asPatch, body), context.now),
      ]) {
        try {
          const node = act();
          JSON.parse(documentOf(node));
          JSON.parse(eventData('updated', node, { previous: current }));
          for (const value of Object.values(columnsOf(node))) assert.notEqual(value, undefined);
          taken += 1;
        } catch (error) {
          const inWords = error instanceof DomainError || error instanceof ValidationFailure;
          assert.ok(inWords, `${JSON.stringify(body)}: ${error}`);
        }
      }
    }
    assert.ok(taken > 1000 && taken < 14_000, `${taken} were taken`);
  });
});

function asBody<T>(judged: Judge, body: unknown): T {
  const { value, error } = judged(structuredClone(body));
  if (error) throw error;
  return value as T;
}
