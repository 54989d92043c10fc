import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { onOneEngine } from '../helpers/engines.ts';
import { adminWorkspace, type KciWorkspace, kciWorkspace, uniqueName } from '../helpers/kci-workspace.ts';
import type { CommandResult } from '../helpers/run-command.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const LEAVES = [
  'login',
  'api hello',
  'audit',
  'completion',
  'node get',
  'node find',
  'node findfast',
  'node count',
  'node submit',
  'node submit-hierarchy',
  'node watch',
  'node tree',
  'node pin',
  'node unpin',
  'user whoami',
  'user token',
  'user token-info',
  'user tokens list',
  'user tokens revoke',
  'user find',
  'user get',
  'user add',
  'user invite',
  'user accept-invite',
  'user signup',
  'user signups list',
  'user signups approve',
  'user signups reject',
  'user update',
  'user activate',
  'user deactivate',
  'user delete',
  'user verify',
  'user password update',
  'user password reset',
  'user group find',
  'user group list',
  'user group add',
  'user group join',
  'user group leave',
  'user group delete',
];
const GROUPS = ['', 'api', 'node', 'user', 'user tokens', 'user signups', 'user password', 'user group'];

const words = (line: string) => line.split(' ').filter(Boolean);

/** Expected of every failure: nothing on standard output, and words for people on standard error. */
function assertPlainFailure({ stdout, stderr }: CommandResult, what: string): void {
  assert.equal(stdout, '', what);
  assert.match(stderr, /^Error: /, what);
  assert.doesNotMatch(stderr, /\n\s+at |kci is at fault|node:internal/, what);
  assert.doesNotMatch(stderr.replaceAll(/[\n\t]/g, ''), /\p{Cc}/u, what);
}

describe('help', () => {
  const workspace = kciWorkspace();

  for (const line of [...GROUPS, ...LEAVES]) {
    test(`kci ${line} --help teaches with examples`, async () => {
      const { code, stdout, stderr } = await workspace.kci([...words(line), '--help']);
      assert.deepEqual([code, stderr], [0, '']);
      assert.match(stdout, /^Usage: kci /);
      assert.match(stdout, /\nExamples:\n {2}\S.*\n {6}\S/);
      assert.match(stdout, /--api-url <url>/);
    });
  }

  test('is also a command, and -h', async () => {
    const long = await workspace.ok(['user', 'token', '--help']);
    assert.equal(await workspace.ok(['user', 'help', 'token']), long);
    assert.equal(await workspace.ok(['user', 'token', '-h']), long);
  });

  test('--version prints the version', async () => {
    assert.match(await workspace.ok(['--version']), /^\d+\.\d+\.\d+\n$/);
  });

  test('no command line offers a password', async () => {
    for (const line of LEAVES) {
      const options =
        (await workspace.ok([...words(line), '--help'])).match(/--[\w-]*password[\w-]*.*/g) ?? [];
      assert.deepEqual(
        options.map((option) => option.split(' ')[0]).filter((option) => option !== '--generate-password'),
        [],
        line,
      );
    }
  });
});

describe('command lines that make no sense end with 2 and a pointer to help', () => {
  const workspace = kciWorkspace();

  const WRONG: [line: string, message: RegExp][] = [
    ['fnid', /^Error: unknown command 'fnid'\n/],
    ['user usr', /^Error: unknown command 'usr'/],
    ['user group nope', /^Error: unknown command 'nope'\nTry 'kci user group --help' for help\.\n$/],
    ['constructor', /^Error: unknown command 'constructor'/],
    ['--nope', /^Error: unknown option '--nope'/],
    ['user find --nope', /^Error: unknown option '--nope'\nTry 'kci user find --help' for help\.\n$/],
    ['user find -l 0', /at least 1\.\nTry 'kci user find --help'/],
    ['user find -l ten', /at least 1\./],
    ['user find --page-number -1', /at least 0\./],
    ['user find -l 9007199254740991 -n 2', /^Error: there are not that many pages\n/],
    ['user find --all -n 1', /^Error: --all prints every page/],
    [
      'user find username',
      /^Error: 'username' is not an attribute: write NAME=VALUE, with one of = > < >= <= != =~/,
    ],
    ['user find username=>x', /^Error: 'username=>x' is not an attribute/],
    ['user find limit=1', /^Error: 'limit' is set with --page-length/],
    ['user whoami --indent', /^Error: option '--indent <n>' argument missing\n/],
    ['user whoami --indent x', /from 0 to 100\./],
    ['user whoami --indent 101', /from 0 to 100\./],
    ['user whoami extra', /^Error: too many arguments/],
    ['api hello extra', /^Error: too many arguments/],
    ['user get', /^Error: missing required argument 'id'\nTry 'kci user get --help' for help\.\n$/],
    ['user get ..', /^Error: '\.\.' is not an id\nTry 'kci user get --help'/],
    ['user tokens revoke ..', /^Error: '\.\.' is not an id\n/],
    ['user signups approve .', /^Error: '\.' is not an id\n/],
    ['user add alice', /^Error: missing required argument 'email'/],
    ['user add alice a@example.org secret', /^Error: too many arguments/],
    ['user token', /^Error: missing required argument 'username'\nTry 'kci user token --help' for help\.\n$/],
    ['user token alice --expires soon', /such as 30d\./],
    [
      'user token alice --scope everything',
      /^Error: 'everything' is not a scope: there are read-only, nodes, /,
    ],
    ['user token alice --scope ,', /^Error: --scope needs the name of a scope\n/],
    ['user token alice --everyday --scope admin', /^Error: an everyday token has no admin rights/],
    ['user token alice --save a/b', /^Error: 'a\/b' cannot be a name in the settings/],
    ['user update username!=x', /^Error: 'username!=x' changes nothing: write NAME=VALUE\n/],
    [
      'user update password=secret',
      /^Error: passwords do not belong on the command line: use 'kci user password update'\n/,
    ],
    ['user group join admin', /^Error: required option '--username <name>' not specified\n/],
    ['user tokens list --username a --all-users', /^Error: --username and --all-users exclude each other\n/],
    ['user signups list --state open', /Allowed choices are pending, approved, rejected\./],
    ['completion tcsh', /Allowed choices are bash, zsh, fish\./],
    ['user accept-invite token', /^Error: too many arguments/],
    ['node fnid', /^Error: unknown command 'fnid'/],
    ['node get', /^Error: missing required argument 'id'\nTry 'kci node get --help'/],
    ['node get .', /^Error: '\.' is not an id\nTry 'kci node get --help'/],
    ['node get a b', /^Error: too many arguments/],
    ['node find -l 0', /at least 1\.\nTry 'kci node find --help'/],
    ['node find -l -1', /at least 1\./],
    ['node find -n -1', /at least 0\./],
    ['node find --all -n 1', /^Error: --all prints every page/],
    ['node find -l 9007199254740991 -n 2', /^Error: there are not that many pages\n/],
    ['node find kind', /^Error: 'kind' is not an attribute: write NAME=VALUE/],
    ['node find limit=1', /^Error: 'limit' is set with --page-length and --page-number\n/],
    ['node find sort=created', /^Error: 'sort' is set with --sort\n/],
    ['node find after=x', /^Error: 'after' is set with --all\n/],
    ['node find --sort', /^Error: option '--sort <field>' argument missing\n/],
    ['node find --sort a,b', /It has to be the name of a field\./],
    ['node find --fields ,', /It has to be names of fields, separated by commas\./],
    ['node find --fields a=b', /It has to be names of fields/],
    ['node find --format xml', /Allowed choices are json, jsonl, table\./],
    ['node findfast --all', /^Error: unknown option '--all'/],
    ['node findfast --limit 0', /at least 1\./],
    ['node findfast --limit 1 limit=2', /^Error: 'limit' is given twice\n/],
    ['node findfast fields=id', /^Error: 'fields' is set with --fields\n/],
    ['node count kind=>x', /^Error: 'kind=>x' is not an attribute/],
    ['node submit', /^Error: missing required argument 'file'/],
    ['node submit a b', /^Error: too many arguments/],
    ['node submit-hierarchy x', /^Error: missing required argument 'file'/],
    ['node tree', /^Error: missing required argument 'id'/],
    ['node tree .. --depth 1', /^Error: '\.\.' is not an id\n/],
    ['node tree x --depth 101', /from 0 to 100\./],
    ['node watch', /^Error: missing required argument 'id'/],
    ['node watch x --interval 0', /such as 30d\./],
  ];
  for (const [line, message] of WRONG) {
    test(`kci ${line}`, async () => {
      const result = await workspace.kci(['--api-url', 'http://127.0.0.1:9', ...words(line)], 'p\n');
      assert.equal(result.code, 2, result.stderr);
      assertPlainFailure(result, line);
      assert.match(result.stderr, message);
      assert.match(result.stderr, /\nTry 'kci[a-z -]*' for help\.\n$/);
    });
  }

  for (const line of GROUPS) {
    test(`kci ${line} alone prints its help, as an error`, async () => {
      const { code, stdout, stderr } = await workspace.kci(words(line));
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, /^Usage: kci/);
    });
  }

  test('an empty word is no command and no id', async () => {
    assert.equal((await workspace.kci(['user', 'get', ''])).code, 2);
    assert.equal((await workspace.kci([''])).code, 2);
  });
});

onOneEngine('kci with hostile input', (engine) => {
  let server: TestServer;
  let admin: KciWorkspace;

  before(async () => {
    server = await startServer({ engine });
    admin = await adminWorkspace(server);
  });

  const HOSTILE: Record<string, string> = {
    SQL: "x'; DROP TABLE users; --",
    'a path': '../../latest/whoami',
    'a percent sign': '%2e%2e%2f%00',
    'line ends': 'a\r\nX-Injected: yes',
    'terminal control': '\x1b]0;owned\x07\x1b[2J',
    'text direction': 'a\u202eb',
    'much of it': 'x'.repeat(100_000),
    'an array': '["a"]',
    emptiness: ' ',
  };
  const COMMANDS: Record<string, [args: (text: string) => string[], stdin?: string]> = {
    get: [(text) => ['user', 'get', text]],
    add: [(text) => ['user', 'add', text, text], 'a password\na password\n'],
    'add with that address': [(text) => ['user', 'add', uniqueName('u'), text], 'a password\na password\n'],
    'add to that group': [
      (text) => ['user', 'add', uniqueName('u'), `${uniqueName('u')}@example.org`, '--group', text],
      'a password\na password\n',
    ],
    invite: [(text) => ['user', 'invite', text, text]],
    activate: [(text) => ['user', 'activate', text]],
    delete: [(text) => ['user', 'delete', text]],
    update: [(text) => ['user', 'update', `email=${text}`]],
    'group join': [(text) => ['user', 'group', 'join', text, '--username', 'admin']],
    'group leave': [(text) => ['user', 'group', 'leave', text]],
    'group delete': [(text) => ['user', 'group', 'delete', text]],
    'tokens revoke': [(text) => ['user', 'tokens', 'revoke', text]],
    'signups approve': [(text) => ['user', 'signups', 'approve', text]],
    'signups reject': [(text) => ['user', 'signups', 'reject', text]],
    token: [(text) => ['user', 'token', text], 'a password\n'],
    'password update': [
      (text) => ['user', 'password', 'update', text],
      'a password\nb password\nb password\n',
    ],
    'token-info': [(text) => ['user', 'token-info', '--token', text]],
    audit: [(text) => ['audit', '--since', text]],
    'node get': [(text) => ['node', 'get', text]],
    'node tree': [(text) => ['node', 'tree', text]],
    'node pin': [(text) => ['node', 'pin', text]],
    'node unpin': [(text) => ['node', 'unpin', text]],
    'node submit': [(text) => ['node', 'submit', text]],
    'node submit-hierarchy': [
      (text) => ['node', 'submit-hierarchy', text, '-'],
      '{"node": {"kind": "job", "name": "n", "path": ["n"]}, "child_nodes": []}',
    ],
  };

  for (const [place, [name, [args, stdin]]] of Object.entries(COMMANDS).entries()) {
    // Each command gets a third of them, and each of them goes to a third of the commands.
    const third = Object.entries(HOSTILE).filter((_, i) => (i + place) % 3 === 0);
    test(`${name} refuses it in plain words`, async () => {
      for (const [kind, text] of third) {
        const result = await admin.kci(['--as', 'admin', ...args(text)], stdin);
        assert.equal(result.code, 1, `${kind}: ${result.stderr.slice(0, 500)}`);
        assertPlainFailure(result, kind);
        assert.doesNotMatch(result.stderr, /HTTP 5\d\d/, kind);
      }
    });
  }

  test('find finds nothing by it', async () => {
    for (const [kind, text] of Object.entries(HOSTILE)) {
      for (const args of [
        ['user', 'find', `username=${text}`],
        ['node', 'find', `name=${text}`],
        ['node', 'findfast', `data.x.y=${text}`],
      ]) {
        const { code, stdout, stderr } = await admin.kci(args);
        assert.ok(code === 1 || stdout === '[]\n', `${kind}: ${stdout}`);
        assert.doesNotMatch(stderr, /HTTP 5\d\d/, kind);
      }
    }
  });

  test('a node can be made of it, and shown', async () => {
    for (const [kind, text] of Object.entries(HOSTILE)) {
      const node = {
        kind: 'job',
        name: text.slice(0, 4000),
        path: [text.slice(0, 4000)],
        data: { misc: { text } },
      };
      const { code, stdout, stderr } = await admin.kci(['node', 'submit', '-'], JSON.stringify(node));
      assert.equal(code, 0, `${kind}: ${stderr.slice(0, 500)}`);
      const { id, data } = JSON.parse(stdout) as { id: string; data: unknown };
      assert.deepEqual(data, node.data);
      for (const args of [
        ['find', `id=${id}`, '--format=table'],
        ['tree', id],
      ]) {
        const shown = await admin.ok(['node', ...args]);
        assert.doesNotMatch(shown.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u, kind);
      }
    }
  });

  test('names of fields that nobody has are warned about', async () => {
    const { code, stdout, stderr } = await admin.kci(['user', 'find', 'no_such_field=1']);
    assert.deepEqual([code, stdout, stderr], [0, '[]\n', 'Warning: unknown field: no_such_field\n']);
  });

  test('passwords may be long, but not endless', async () => {
    const add = (password: string) =>
      admin.kci(
        ['--as', 'admin', 'user', 'add', uniqueName('u'), `${uniqueName('u')}@example.org`],
        `${password}\n${password}\n`,
      );
    assert.equal((await add('x'.repeat(4000))).code, 0);
    const tooLong = await add('x'.repeat(5000));
    assert.equal(tooLong.code, 1);
    assert.match(tooLong.stderr, /^Error: HTTP 422 .*\n {2}password: /);
    const tooShort = await add('x');
    assert.match(tooShort.stderr, /^Error: HTTP 422 .*\n {2}password: /);
    const endless = await add('x'.repeat(10 * 1024 * 1024));
    assert.equal(endless.code, 1);
    assertPlainFailure(endless, 'endless');
    assert.match(endless.stderr, /^Error: the line for 'Password' on standard input is longer than/);
  });

  test('passwords that are not text are refused', async () => {
    const bytes = Uint8Array.from([0x70, 0xff, 0xfe, 0x0a]);
    const result = await admin.kci(['user', 'token', 'admin'], bytes);
    assert.equal(result.code, 1);
    assert.match(result.stderr, /^Error: the line for 'Password' on standard input is not UTF-8\n/);
  });

  test('what is wrong in a body is named, field by field', async () => {
    const { code, stderr } = await admin.kci(
      ['--as', 'admin', 'user', 'add', uniqueName('u'), 'no address'],
      'a password\na password\n',
    );
    assert.equal(code, 1);
    assert.match(stderr, /^Error: HTTP 422 .* for POST http.*\/latest\/user\/register\n {2}email: .+\n$/);
  });
});
