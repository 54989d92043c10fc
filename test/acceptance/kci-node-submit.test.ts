import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { addAccount, adminToken, createToken } from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { call } from '../helpers/http.ts';
import {
  adminWorkspace,
  anonymousWorkspace,
  type KciWorkspace,
  kciWorkspace,
  uniqueName,
} from '../helpers/kci-workspace.ts';
import { type ApiNode, checkout, createNode } from '../helpers/nodes.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const UNKNOWN = '61bda8f2eb1a63d2b7152499';
const MEGABYTE = 1024 * 1024;

/** Runs what has to fail with nothing on standard output; answers with the lines of standard error. */
async function failure(kci: KciWorkspace, args: string[], stdin?: string | Uint8Array, code = 1) {
  const result = await kci.kci(args, stdin);
  assert.deepEqual([result.code, result.stdout], [code, ''], result.stderr);
  assert.doesNotMatch(result.stderr, /kci is at fault|\n\s+at /);
  return result.stderr.split('\n').slice(0, -1);
}

forEachEngine('kci node: writing', (engine) => {
  let server: TestServer;
  let token: string;
  let kci: KciWorkspace;

  before(async () => {
    server = await startServer({ engine });
    token = await adminToken(server);
    kci = await adminWorkspace(server);
  });

  const stored = async (id: string) => (await call<ApiNode>(server, 'GET', `/latest/node/${id}`)).body;
  const submitted = (json: unknown, ...args: string[]) =>
    kci.json<ApiNode>(['node', 'submit', '-', ...args], JSON.stringify(json));

  describe('submit', () => {
    test('creates the node of a file, and prints it with its id at the end', async () => {
      kci.write('node.json', JSON.stringify(checkout(), null, 2));
      const text = await kci.ok(['node', 'submit', 'node.json']);
      assert.match(text, /^\{"kind": "checkout", .*, "id": "[0-9a-f]{24}"\}\n$/);
      const node = JSON.parse(text) as ApiNode;
      assert.deepEqual(node, await stored(node.id));
      assert.equal(node.owner, 'admin');
    });

    test('takes it from a pipe, and indents what it prints', async () => {
      const text = await kci.ok(
        ['node', 'submit', '-', '--indent=2'],
        `\ufeff${JSON.stringify(checkout())}\n`,
      );
      assert.match(text, /^\{\n {2}"kind": "checkout",\n[\s\S]*\n {2}"id": "[0-9a-f]{24}"\n\}\n$/);
    });

    test('puts back the node whose id the file has', async () => {
      const node = await submitted(checkout({ group: 'before' }));
      kci.write('node.json', await kci.ok(['node', 'get', node.id, '--indent=1']));
      kci.write(
        'node.json',
        kci.read('node.json').replace('"before"', '"after"').replace('running', 'available'),
      );
      const changed = await kci.json<ApiNode>(['node', 'submit', 'node.json']);
      assert.deepEqual(changed, { ...node, group: 'after', state: 'available', updated: changed.updated });
      assert.deepEqual(await stored(node.id), changed);
    });

    test('sends numbers as they are written', async () => {
      const text = '{"kind": "job", "name": "n", "path": ["n"], "data": {"misc": {"n": 9007199254740993}}}';
      const { code, stdout, stderr } = await kci.kci(['node', 'submit', '-'], text);
      // Kept or refused, but never rounded.
      if (code === 0) assert.match(stdout, /"n": 9007199254740993\}/);
      else assert.match(stderr, /^Error: HTTP 422 /);
    });

    test('with a key it creates one node, however often it is done', async () => {
      const key = uniqueName('key');
      const parent = await submitted(checkout());
      const body = { kind: 'job', name: 'j', path: ['j'], parent: parent.id };
      const first = await submitted(body, '--key', key);
      assert.equal((await submitted(body, '--key', key)).id, first.id);
      assert.equal(await kci.ok(['node', 'count', `parent=${parent.id}`]), '1\n');
      const [error] = await failure(kci, ['node', 'submit', '-', '--key', key], JSON.stringify(first), 2);
      assert.match(error ?? '', /^Error: standard input has an id, so it creates no node/);
    });

    test('tells what is wrong with the node', async () => {
      const wrong: [json: unknown, error: RegExp][] = [
        [{ kind: 'checkout', path: ['x'] }, /^Error: HTTP 422 .* for POST \S+\/latest\/node$/],
        [checkout({ kind: 'spaceship' }), /^Error: HTTP 400 .*: Unsupported node kind: spaceship$/],
        [
          checkout({ parent: UNKNOWN }),
          new RegExp(`^Error: HTTP 404 .*: Parent not found with id: ${UNKNOWN}$`),
        ],
        [
          checkout({ id: UNKNOWN }),
          /^Error: HTTP 404 .* for PUT \S+\/latest\/node\/61bda8f2eb1a63d2b7152499/,
        ],
        [
          checkout({ id: 'a/b?c' }),
          /^Error: HTTP 400 .* for PUT \S+\/latest\/node\/a%2Fb%3Fc: 'a\/b\?c' is not a/,
        ],
        [checkout({ id: '..' }), /^Error: the id in standard input is none$/],
        [checkout({ id: null }), /^Error: the id in standard input is none$/],
        [checkout({ id: 7 }), /^Error: the id in standard input is none$/],
      ];
      for (const [json, error] of wrong) {
        const lines = await failure(kci, ['node', 'submit', '-'], JSON.stringify(json));
        assert.match(lines[0] ?? '', error);
      }
      const [, problem] = await failure(kci, ['node', 'submit', '-'], '{"kind": "checkout", "path": ["x"]}');
      assert.match(problem ?? '', /^ {2}name: /);
    });

    test('a transition that is not allowed is refused', async () => {
      const node = await submitted(checkout({ state: 'done' }));
      const [error] = await failure(
        kci,
        ['node', 'submit', '-'],
        JSON.stringify({ ...node, state: 'running' }),
      );
      assert.match(error ?? '', /^Error: HTTP 400 .*: Transition not allowed with state: running$/);
    });
  });

  describe('rights', () => {
    test('without a token nothing is written, and it says what to do', async () => {
      const [error, hint] = await failure(
        anonymousWorkspace(server),
        ['node', 'submit', '-'],
        JSON.stringify(checkout()),
      );
      assert.match(error ?? '', /^Error: HTTP 401 Unauthorized for POST \S+\/latest\/node: Unauthorized$/);
      assert.match(hint ?? '', /^Hint: no token is configured: run 'kci login'/);
    });

    test('somebody else’s node stays as it is, and it says who may change it', async () => {
      const node = await createNode(server, token);
      const { token: stranger } = await addAccount(server, token);
      const asStranger = (args: string[]) =>
        kci.kci(args, JSON.stringify({ ...node, group: 'mine', node, child_nodes: [] }), {
          env: { KCI_API_TOKEN: stranger },
        });
      for (const args of [
        ['node', 'submit', '-'],
        ['node', 'submit-hierarchy', node.id, '-'],
      ]) {
        const { code, stdout, stderr } = await asStranger(args);
        assert.deepEqual([code, stdout], [1, '']);
        const [error, hint] = stderr.split('\n');
        assert.match(error ?? '', /^Error: HTTP 401 .*: Unauthorized to complete the operation$/);
        assert.match(hint ?? '', /^Hint: a node can be changed by its owner, by admins, and by members of /);
      }
      assert.deepEqual(await stored(node.id), node);
    });

    test('a token that is for reading only says so', async () => {
      const reader = await createToken(server, server.admin, { scopes: 'read-only' });
      const { code, stderr } = await kci.kci(['node', 'submit', '-'], JSON.stringify(checkout()), {
        env: { KCI_API_TOKEN: reader.access_token },
      });
      assert.equal(code, 1);
      const [error, hint] = stderr.split('\n');
      assert.match(error ?? '', /^Error: HTTP 403 .*this token does not carry the nodes scope/);
      assert.equal(hint, "Hint: make a token that does: 'kci user token USERNAME --everyday --save'");
    });
  });

  describe('submit-hierarchy', () => {
    const child = (name: string, extra: Record<string, unknown> = {}) => ({
      node: { kind: 'test', name, path: ['job', name], state: 'done', result: 'pass', ...extra },
      child_nodes: [] as unknown[],
    });
    const job = { kind: 'job', name: 'job', path: ['job'], treeid: 'tree-1' };

    test('replaces a node and adds what is below it, without a word', async () => {
      const root = await createNode(server, token, job);
      const below = { ...child('suite', { result: 'fail' }), child_nodes: [child('a'), child('b')] };
      kci.write(
        'results.json',
        JSON.stringify({ node: { ...job, state: 'done', result: 'fail' }, child_nodes: [below] }),
      );
      const { code, stdout, stderr } = await kci.kci(['node', 'submit-hierarchy', root.id, 'results.json']);
      assert.deepEqual([code, stdout, stderr], [0, '', '']);
      assert.equal((await stored(root.id)).result, 'fail');
      const found = await kci.json<ApiNode[]>(['node', 'find', 'treeid=tree-1', 'kind=test']);
      assert.deepEqual(
        found.map(({ name }) => name),
        ['suite', 'a', 'b'],
      );
    });

    test('takes it from a pipe; a mistake anywhere leaves everything as it was', async () => {
      const root = await createNode(server, token, job);
      const wrong = { ...child('suite'), child_nodes: [child('a', { state: 'flying' })] };
      const [error] = await failure(
        kci,
        ['node', 'submit-hierarchy', root.id, '-'],
        JSON.stringify({ node: { ...job, state: 'done' }, child_nodes: [child('b'), wrong] }),
      );
      assert.match(error ?? '', /^Error: HTTP 4\d\d /);
      assert.deepEqual(await stored(root.id), root);
    });

    test('an unknown node, or none', async () => {
      const json = JSON.stringify({ node: job, child_nodes: [] });
      assert.match(
        (await failure(kci, ['node', 'submit-hierarchy', UNKNOWN, '-'], json))[0] ?? '',
        /^Error: HTTP 404 /,
      );
      assert.match(
        (await failure(kci, ['node', 'submit-hierarchy', 'xyz', '-'], json))[0] ?? '',
        /'xyz' is not a valid ObjectId/,
      );
      assert.match(
        (await failure(kci, ['node', 'submit-hierarchy', '..', '-'], json, 2))[0] ?? '',
        /'\.\.' is not an id$/,
      );
      assert.match(
        (await failure(kci, ['node', 'submit-hierarchy', UNKNOWN], json, 2))[0] ?? '',
        /missing required argument 'file'/,
      );
    });
  });
});

describe('kci node: files that are no nodes', () => {
  const kci = kciWorkspace();
  // Nobody listens there: the API is not asked.
  const failureOf = (args: string[], stdin?: string | Uint8Array) =>
    failure(kci, ['--api-url', 'http://127.0.0.1:9', ...args], stdin);

  const FILES: [what: string, make: (workspace: KciWorkspace) => string, error: RegExp][] = [
    ['missing', () => 'missing.json', /^Error: missing\.json cannot be read: there is no such file$/],
    [
      'a folder',
      ({ cwd }) => {
        mkdirSync(path.join(cwd, 'folder'), { recursive: true });
        return 'folder';
      },
      /^Error: folder cannot be read: it is a folder$/,
    ],
    [
      'below a file',
      (w) => `${w.write('f', '')}/x`,
      /^Error: .*\/f\/x cannot be read: part of its path is no folder$/,
    ],
    ['with a name of control characters', () => 'a\x1b[2Jb', /^Error: a\ufffd\[2Jb cannot be read: /],
    ['empty', (w) => w.write('empty', ' \n'), /^Error: .*empty is empty$/],
    [
      'not JSON',
      (w) => w.write('broken', '{"kind": "job",\n}'),
      /^Error: .*broken is not JSON: .*line 2 column 1/,
    ],
    ['Python', (w) => w.write('python', "{'kind': None}"), /^Error: .*python is not JSON: /],
    ['NaN', (w) => w.write('nan', '{"kind": NaN}'), /^Error: .*nan is not JSON: /],
    ['a list', (w) => w.write('list', '[{}]'), /^Error: .*list does not hold a JSON object$/],
    ['null', (w) => w.write('null', 'null'), /^Error: .*null does not hold a JSON object$/],
    ['text', (w) => w.write('text', '"x"'), /^Error: .*text does not hold a JSON object$/],
  ];
  for (const [what, make, error] of FILES) {
    test(what, async () => {
      const file = make(kci);
      for (const args of [
        ['submit', file],
        ['submit-hierarchy', UNKNOWN, file],
      ]) {
        const lines = await failureOf(['node', ...args]);
        assert.equal(lines.length, 1);
        assert.match(lines[0] ?? '', error);
      }
    });
  }

  test('not text', async () => {
    const bytes = Uint8Array.from([0x7b, 0xff, 0xfe, 0x7d]);
    assert.deepEqual(await failureOf(['node', 'submit', '-'], bytes), [
      'Error: standard input is not UTF-8 text',
    ]);
  });

  test('without end', async () => {
    assert.deepEqual(await failureOf(['node', 'submit', '/dev/zero']), [
      'Error: /dev/zero has more than 32 MB, which the API does not take',
    ]);
    const endless = await failureOf(['node', 'submit', '-'], ' '.repeat(33 * MEGABYTE));
    assert.deepEqual(endless, ['Error: standard input has more than 32 MB, which the API does not take']);
  });
});
