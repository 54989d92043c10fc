import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { adminToken } from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { call } from '../helpers/http.ts';
import { anonymousWorkspace, type KciWorkspace, uniqueName } from '../helpers/kci-workspace.ts';
import { type ApiNode, createNode } from '../helpers/nodes.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const UNKNOWN = '61bda8f2eb1a63d2b7152499';

const job = (name: string, extra: Record<string, unknown> = {}) => ({
  kind: 'job',
  name,
  path: [name],
  ...extra,
});
const names = (nodes: { name: string }[]) => nodes.map(({ name }) => name);
const linesOf = (text: string) => text.split('\n').slice(0, -1);

forEachEngine('kci node: reading', (engine) => {
  let server: TestServer;
  let token: string;
  /** Has no token: reading needs none. */
  let kci: KciWorkspace;

  before(async () => {
    server = await startServer({ engine });
    token = await adminToken(server);
    kci = anonymousWorkspace(server);
  });

  /** Jobs of a group that nothing else is in, named from 0 on. */
  async function makeGroup(count: number): Promise<{ group: string; nodes: ApiNode[] }> {
    const group = uniqueName('group');
    const nodes: ApiNode[] = [];
    for (let n = 0; n < count; n++) {
      const data = { platform: `p${n % 2}`, misc: { n, ratio: 0.5, text: 'é\u2028"\\' } };
      nodes.push(await createNode(server, token, job(String(n), { group, data, retry_counter: count - n })));
    }
    return { group, nodes };
  }

  const apiText = async (path: string) => (await call(server, 'GET', path)).text;
  const asPython = (text: string) => JSON.stringify(JSON.parse(text), null, 1);

  describe('get', () => {
    test('prints the node with its keys in order, in ASCII', async () => {
      const [node] = (await makeGroup(1)).nodes;
      const text = await kci.ok(['node', 'get', node?.id ?? '', '--indent=1']);
      const escaped = asPython(await apiText(`/latest/node/${node?.id}`))
        .replace('é', '\\u00e9')
        .replace('\u2028', '\\u2028');
      // Python has an empty list and object on one line, as JavaScript has.
      assert.equal(text, `${escaped}\n`);
      const line = await kci.ok(['node', 'get', node?.id ?? '']);
      assert.match(line, /^\{"id": "[0-9a-f]{24}", "kind": "job", "name": "0", "path": \["0"\], /);
      assert.deepEqual(JSON.parse(line), JSON.parse(text));
    });

    test('prints null for an id that nothing has', async () => {
      assert.equal(await kci.ok(['node', 'get', UNKNOWN]), 'null\n');
    });

    test('refuses what is no id', async () => {
      const { code, stdout, stderr } = await kci.kci(['node', 'get', 'xyz']);
      assert.deepEqual([code, stdout], [1, '']);
      assert.match(
        stderr,
        /^Error: HTTP 400 Bad Request for GET http:\S+\/latest\/node\/xyz: 'xyz' is not a valid ObjectId, .*\n$/,
      );
    });

    test('sends no token, not even one that is wrong', async () => {
      const [node] = (await makeGroup(1)).nodes;
      const { code, stdout } = await kci.kci(['node', 'get', node?.id ?? ''], '', {
        env: { KCI_API_TOKEN: 'garbage' },
      });
      assert.deepEqual([code, (JSON.parse(stdout) as ApiNode).id], [0, node?.id]);
    });
  });

  describe('find', () => {
    test('prints ten, the oldest first, as an array on one line', async () => {
      const { group, nodes } = await makeGroup(12);
      const text = await kci.ok(['node', 'find', `group=${group}`]);
      assert.deepEqual(JSON.parse(text), nodes.slice(0, 10));
      assert.match(text, /^\[\{"id": .*\}, \{"id": .*\}\]\n$/);
      const indented = await kci.ok(['node', 'find', `group=${group}`, '--indent', '4', '-l', '2']);
      assert.match(indented, /^\[\n {4}\{\n {8}"id": /);
      assert.match(indented, /\n {4}\},\n {4}\{\n[\s\S]*\n {4}\}\n\]\n$/);
      assert.deepEqual(JSON.parse(indented), nodes.slice(0, 2));
    });

    test('goes through pages', async () => {
      const { group } = await makeGroup(5);
      const page = async (...args: string[]) =>
        names(await kci.json<ApiNode[]>(['node', 'find', `group=${group}`, ...args]));
      assert.deepEqual(await page('-l', '2'), ['0', '1']);
      assert.deepEqual(await page('-l', '2', '-n', '1'), ['2', '3']);
      assert.deepEqual(await page('--page-length', '2', '--page-number', '2'), ['4']);
      assert.deepEqual(await page('-n', '7'), []);
      assert.deepEqual(await page('--all', '-l', '2'), ['0', '1', '2', '3', '4']);
      assert.equal(await kci.ok(['node', 'find', `group=${group}`, '-n', '7']), '[]\n');
    });

    test('takes every operator, and several attributes', async () => {
      const { group, nodes } = await makeGroup(4);
      const found = async (...attributes: string[]) =>
        names(await kci.json<ApiNode[]>(['node', 'find', `group=${group}`, ...attributes]));
      const CASES: [attributes: string[], names: string[]][] = [
        [['name=1'], ['1']],
        [['name!=1'], ['0', '2', '3']],
        [['retry_counter>2'], ['0', '1']],
        [['retry_counter>=2'], ['0', '1', '2']],
        [['retry_counter<2'], ['3']],
        [['retry_counter <= 2'], ['2', '3']],
        [['name=~^[12]$'], ['1', '2']],
        [['data.platform=p1'], ['1', '3']],
        [['data.misc.n=2'], ['2']],
        [['data.platform=p0', 'retry_counter>2'], ['0']],
        [
          ['retry_counter>1', 'retry_counter<4'],
          ['1', '2'],
        ],
        [['result=null'], ['0', '1', '2', '3']],
        [['result!=null'], []],
        [
          [`created>=${nodes[0]?.created}`, 'kind=job'],
          ['0', '1', '2', '3'],
        ],
        [['created<2020-01-01'], []],
        [[`id=${nodes[3]?.id}`], ['3']],
        [['name=0', 'name=3'], ['3']],
      ];
      for (const [attributes, expected] of CASES) {
        assert.deepEqual(await found(...attributes), expected, attributes.join(' '));
      }
    });

    test('sorts by a field, either way', async () => {
      const { group } = await makeGroup(3);
      const sorted = async (...args: string[]) =>
        names(await kci.json<ApiNode[]>(['node', 'find', `group=${group}`, ...args]));
      assert.deepEqual(await sorted('--sort', 'created'), ['0', '1', '2']);
      assert.deepEqual(await sorted('--sort', '-created'), ['2', '1', '0']);
      assert.deepEqual(await sorted('--sort=-created', '-l', '1'), ['2']);
      assert.deepEqual(await sorted('--sort=-created', '--all', '-l', '1'), ['2', '1', '0']);
    });

    test('prints only some fields', async () => {
      const { group, nodes } = await makeGroup(2);
      const text = await kci.ok(['node', 'find', `group=${group}`, '--fields', 'id,data.misc.n']);
      assert.deepEqual(
        JSON.parse(text),
        nodes.map(({ id }, n) => ({ id, data: { misc: { n } } })),
      );
      const repeated = await kci.ok([
        'node',
        'find',
        `group=${group}`,
        '--fields',
        'id',
        '--fields=data.misc.n',
      ]);
      assert.equal(repeated, text);
    });

    test('follows the pages while nodes are added, and shows none twice', async () => {
      const { group, nodes } = await makeGroup(30);
      const adding = createNode(server, token, job('late', { group }));
      const all = await kci.json<ApiNode[]>(['node', 'find', `group=${group}`, '--all', '-l', '3']);
      await adding;
      const found = all.filter(({ name }) => name !== 'late');
      assert.deepEqual(found, nodes);
    });

    test('warns of a field that no node has', async () => {
      const { code, stdout, stderr } = await kci.kci(['node', 'find', 'status=fail']);
      assert.deepEqual([code, stdout, stderr], [0, '[]\n', 'Warning: unknown field: status\n']);
    });

    test('tells what is wrong with an operator or a pattern', async () => {
      for (const attributes of ['kind__foo=x', 'name=~(']) {
        const { code, stdout, stderr } = await kci.kci(['node', 'find', attributes]);
        assert.deepEqual([code, stdout], [1, ''], stderr);
        assert.match(stderr, /^Error: HTTP 4\d\d [^\n]+\n/);
      }
    });

    test('takes lengths and format from the settings, and the command line first', async () => {
      const { group } = await makeGroup(3);
      const settled = anonymousWorkspace(server);
      const settings = settled.read('kernelci.toml');
      settled.write(
        'kernelci.toml',
        `${settings}[kci.node]\nformat = "jsonl"\n[kci.node.find]\npage_length = 2\npage_number = 1\nindent = 3\n`,
      );
      const lines = linesOf(await settled.ok(['node', 'find', `group=${group}`, '--fields=name']));
      assert.deepEqual(lines, ['{"name": "2"}']);
      const given = await settled.ok([
        'node',
        'find',
        `group=${group}`,
        '-n0',
        '-l1',
        '--format=json',
        '--fields=name',
      ]);
      assert.equal(given, '[\n   {\n      "name": "0"\n   }\n]\n');
      settled.write('kernelci.toml', `${settings}[kci.node]\nformat = "xml"\n`);
      const { code, stderr } = await settled.kci(['node', 'find']);
      assert.equal(code, 1);
      assert.match(
        stderr,
        /^Error: format in \[kci\.node\] of kernelci\.toml has to be one of json, jsonl, table\n/,
      );
    });
  });

  describe('formats', () => {
    test('jsonl has a node on each line', async () => {
      const { group, nodes } = await makeGroup(3);
      for (const command of ['find', 'findfast']) {
        const text = await kci.ok(['node', command, `group=${group}`, '--format', 'jsonl', '--indent=2']);
        assert.deepEqual(
          linesOf(text).map((line) => JSON.parse(line)),
          nodes,
        );
        assert.match(text, /\\u00e9\\u2028/);
      }
      assert.equal(await kci.ok(['node', 'find', 'name=nobody', '--format', 'jsonl']), '');
    });

    test('table has titles and aligned columns, whole in a pipe', async () => {
      const group = uniqueName('group');
      const long = 'x'.repeat(300);
      const first = await createNode(
        server,
        token,
        job('日本\u001b[2J\n語', { group, state: 'done', result: 'pass' }),
      );
      const second = await createNode(server, token, job(long, { group }));
      const time = ({ created }: ApiNode) => created.slice(0, 19).replace('T', ' ');
      const text = await kci.ok(['node', 'find', `group=${group}`, '--format', 'table']);
      const gap = (width: number) => ' '.repeat(width);
      assert.deepEqual(linesOf(text), [
        `ID${gap(24)}KIND  NAME${gap(298)}STATE    RESULT  CREATED`,
        `${first.id}  job   日本\ufffd[2J 語${gap(291)}done     pass    ${time(first)}`,
        `${second.id}  job   ${long}  running  -       ${time(second)}`,
      ]);
      assert.equal(await kci.ok(['node', 'findfast', `group=${group}`, '--format=table']), text);
    });

    test('table has the fields that are asked for', async () => {
      const { group } = await makeGroup(2);
      const args = [
        'node',
        'find',
        `group=${group}`,
        '--format=table',
        '--fields=name,data.misc.n,path,data.nothing',
      ];
      assert.deepEqual(linesOf(await kci.ok(args)), [
        'NAME  DATA.MISC.N  PATH   DATA.NOTHING',
        '0     0            ["0"]  -',
        '1     1            ["1"]  -',
      ]);
    });

    test('table of nothing has its titles', async () => {
      const text = await kci.ok(['node', 'find', 'name=nobody', '--format=table']);
      assert.equal(text, 'ID  KIND  NAME  STATE  RESULT  CREATED\n');
    });
  });

  describe('findfast', () => {
    test('prints all, as an array', async () => {
      const { group, nodes } = await makeGroup(12);
      assert.deepEqual(await kci.json(['node', 'findfast', `group=${group}`]), nodes);
      assert.equal(await kci.ok(['node', 'findfast', 'name=nobody']), '[]\n');
      const indented = await kci.ok([
        'node',
        'findfast',
        `group=${group}`,
        '--indent=1',
        '--fields=name',
        '--limit=2',
      ]);
      assert.equal(indented, '[\n {\n  "name": "0"\n },\n {\n  "name": "1"\n }\n]\n');
    });

    test('takes a limit and an offset as options or attributes', async () => {
      const { group } = await makeGroup(5);
      const found = async (...args: string[]) =>
        names(await kci.json<ApiNode[]>(['node', 'findfast', `group=${group}`, ...args]));
      assert.deepEqual(await found('--limit', '2', '--offset', '1'), ['1', '2']);
      assert.deepEqual(await found('limit=2', 'offset=1'), ['1', '2']);
      assert.deepEqual(await found('--sort', '-created', 'limit=1'), ['4']);
    });

    test('prints thousands while they arrive', async () => {
      const { group, nodes } = await makeGroup(1);
      const child_nodes = Array.from({ length: 5000 }, (_, n) => ({
        node: { kind: 'test', name: String(n), path: ['0', String(n)], group, data: { misc: { n } } },
        child_nodes: [],
      }));
      const json = { node: job('0', { group }), child_nodes };
      const put = await call(server, 'PUT', `/latest/nodes/${nodes[0]?.id}`, { token, json });
      assert.equal(put.status, 200);
      const all = await kci.ok(['node', 'findfast', `group=${group}`, 'kind=test']);
      assert.deepEqual(
        JSON.parse(all),
        JSON.parse(await apiText(`/latest/nodes/fast?group=${group}&kind=test`)),
      );
      const paged = await kci.ok(['node', 'find', `group=${group}`, 'kind=test', '--all']);
      assert.equal(paged, all);
      const tree = linesOf(await kci.ok(['node', 'tree', nodes[0]?.id ?? '']));
      assert.equal(tree.length, 5001);
    });
  });

  describe('count', () => {
    test('prints a number', async () => {
      const { group } = await makeGroup(3);
      assert.equal(await kci.ok(['node', 'count', `group=${group}`]), '3\n');
      assert.equal(await kci.ok(['node', 'count', `group=${group}`, 'name!=1']), '2\n');
      assert.equal(await kci.ok(['node', 'count', `group=${group}`, 'limit=1']), '3\n');
      assert.equal(await kci.ok(['node', 'count', 'name=nobody']), '0\n');
      assert.ok(Number(await kci.ok(['node', 'count'])) >= 3);
    });
  });

  describe('tree', () => {
    test('draws what is below a node', async () => {
      const root = await createNode(server, token, job('root'));
      const leaf = (name: string, result: string) => ({
        node: { kind: 'test', name, path: ['root', name], state: 'done', result },
        child_nodes: [] as unknown[],
      });
      const suite = { ...leaf('suite', 'fail'), child_nodes: [leaf('a', 'pass'), leaf('日本', 'fail')] };
      const json = { node: job('root', { state: 'running' }), child_nodes: [suite, leaf('b', 'skip')] };
      await call(server, 'PUT', `/latest/nodes/${root.id}`, { token, json });
      assert.deepEqual(linesOf(await kci.ok(['node', 'tree', root.id])), [
        'root          job   running  -',
        '├── suite     test  done     fail',
        '│   ├── a     test  done     pass',
        '│   └── 日本  test  done     fail',
        '└── b         test  done     skip',
      ]);
      assert.deepEqual(linesOf(await kci.ok(['node', 'tree', root.id, '--depth=0', '--ids'])), [
        `root  job  running  -  ${root.id}`,
      ]);
      assert.equal(linesOf(await kci.ok(['node', 'tree', root.id, '--depth', '1'])).length, 3);
    });

    test('says when there is no such node', async () => {
      const { code, stdout, stderr } = await kci.kci(['node', 'tree', UNKNOWN]);
      assert.deepEqual([code, stdout], [1, '']);
      assert.match(stderr, new RegExp(`^Error: HTTP 404 .*: Node not found with id: ${UNKNOWN}\n$`));
    });
  });
});
