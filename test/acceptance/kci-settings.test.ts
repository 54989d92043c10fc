import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { onOneEngine } from '../helpers/engines.ts';
import { login } from '../helpers/http.ts';
import { type KciWorkspace, kciWorkspace } from '../helpers/kci-workspace.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const NO_API = "Error: no API is chosen\nHint: run 'kci login', or name one with --api or with api = ";

onOneEngine('kci settings', (engine) => {
  let server: TestServer;
  let token: string;

  before(async () => {
    server = await startServer({ engine });
    token = await login(server, server.admin.username, server.admin.password);
  });

  /** The admin guide's settings, with the address. */
  const settings = (api: string, more = '') =>
    `[kci]\napi = '${api}'\nindent = 4\n${more}\n[kci.secrets]\napi.${api}.token = "${token}"\n[kci.apis.${api}]\nurl = "${server.url}"\n`;

  const indentOf = (json: string) => /^[{[]\n( +)/.exec(json)?.[1]?.length ?? 0;

  describe('the file', () => {
    test('is the one of the working folder, else that of the home folder', async () => {
      const workspace = kciWorkspace();
      workspace.write(`${workspace.home}/.config/kernelci/kernelci.toml`, settings('at-home', ''));
      assert.match((await workspace.kci(['api', 'hello', '-v'])).stderr, /^API: at-home, /);
      workspace.write('kernelci.toml', settings('here'));
      assert.match((await workspace.kci(['api', 'hello', '-v'])).stderr, /^API: here, /);
    });

    test('is the one that is named by option or environment', async () => {
      const workspace = kciWorkspace();
      workspace.write('kernelci.toml', settings('here'));
      workspace.write('a/by-option.toml', settings('by-option'));
      workspace.write('b/by-environment.toml', settings('by-environment'));
      const env = { KCI_SETTINGS: 'b/by-environment.toml' };
      const api = async (args: string[], options = {}) =>
        /^API: ([\w-]+),/.exec(
          (await workspace.kci([...args, 'api', 'hello', '-v'], '', options)).stderr,
        )?.[1];
      assert.equal(await api(['-s', 'a/by-option.toml']), 'by-option');
      assert.equal(await api(['--toml-settings=a/by-option.toml'], { env }), 'by-option');
      assert.equal(await api([], { env }), 'by-environment');
    });

    test('has to exist when it is named, and to be TOML', async () => {
      const workspace = kciWorkspace();
      const named = await workspace.kci(['-s', 'no.toml', 'user', 'whoami']);
      assert.deepEqual(named, {
        code: 1,
        stdout: '',
        stderr:
          "Error: the settings file no.toml does not exist\nHint: --toml-settings names it; 'kci login' can write one\n",
      });
      const byEnvironment = await workspace.kci(['user', 'whoami'], '', { env: { KCI_SETTINGS: 'no.toml' } });
      assert.match(byEnvironment.stderr, /no\.toml does not exist\nHint: KCI_SETTINGS names it/);
      workspace.write('broken.toml', '[kci]\napi = \n');
      const broken = await workspace.kci(['-s', 'broken.toml', 'user', 'whoami']);
      assert.equal(broken.code, 1);
      assert.match(broken.stderr, /^Error: broken\.toml, line 2, column \d+: /);
      const folder = await workspace.kci(['-s', '.', 'user', 'whoami']);
      assert.match(folder.stderr, /^Error: the settings file \. cannot be read: /);
    });

    test('may be missing, which is said when it matters', async () => {
      const { code, stderr } = await kciWorkspace().kci(['user', 'whoami']);
      assert.deepEqual([code, stderr.startsWith(NO_API)], [1, true]);
      assert.equal((await kciWorkspace().kci(['--api-url', server.url, 'api', 'hello'])).code, 0);
    });

    test('with tokens that others can read causes a warning', async () => {
      const workspace = kciWorkspace();
      workspace.write('kernelci.toml', settings('here'), 0o640);
      const { code, stderr } = await workspace.kci(['user', 'whoami']);
      assert.deepEqual(
        [code, stderr],
        [0, 'Warning: kernelci.toml holds tokens and other users can read it: chmod 600 kernelci.toml\n'],
      );
    });
  });

  describe('inheritance', () => {
    test('the deepest section wins, and the command line beats all', async () => {
      const workspace = kciWorkspace();
      workspace.write(
        'kernelci.toml',
        `indent = 1\n${settings('here', '[kci.user]\nindent = 3\n[kci.user.find]\nindent = 5\npage_length = 1\n')}`,
      );
      assert.equal(indentOf(await workspace.ok(['user', 'group', 'find'])), 3);
      assert.equal(indentOf(await workspace.ok(['api', 'hello'])), 4);
      const found = await workspace.ok(['user', 'find']);
      assert.deepEqual([indentOf(found), JSON.parse(found).length], [5, 1]);
      assert.equal(indentOf(await workspace.ok(['user', 'find', '--indent=2'])), 2);
      assert.equal(indentOf(await workspace.ok(['--indent', '0', 'user', 'find'])), 0);
      assert.equal(JSON.parse(await workspace.ok(['user', 'group', 'find', '-l', '1'])).length, 1);
    });

    test('a section can ask for a named token', async () => {
      const workspace = kciWorkspace();
      workspace.write(
        'kernelci.toml',
        `${settings('here', '[kci.user.find]\nas = "admin"\n')}[kci.secrets.api.here.tokens]\nadmin = "wrong"\n`,
      );
      assert.equal((await workspace.kci(['user', 'whoami'])).code, 0);
      assert.match(
        (await workspace.kci(['user', 'find'])).stderr,
        /HTTP 401 .*\n.*\(api\.here\.tokens\.admin in \[kci\.secrets\]/,
      );
      assert.equal((await workspace.kci(['--as', '', 'user', 'find'])).code, 0);
      assert.equal((await workspace.kci(['user', 'find'], '', { env: { KCI_API_TOKEN: token } })).code, 0);
      assert.equal(
        (await workspace.kci(['--as', 'admin', 'user', 'whoami'], '', { env: { KCI_API_TOKEN: token } }))
          .code,
        1,
      );
    });

    const WRONG: [setting: string, args: string, message: RegExp][] = [
      [
        'indent = "4"',
        'user whoami',
        /^Error: indent in \[kci\.user\] of kernelci\.toml has to be a whole number from 0 to 100\n/,
      ],
      ['indent = -1', 'user whoami', /^Error: indent in /],
      ['page_length = 0', 'user find', /^Error: page_length in .* has to be a whole number of at least 1\n/],
      ['page_number = 1.5', 'user find', /^Error: page_number in /],
      ['as = 1', 'user find', /^Error: as in .* has to be text in quotes\n/],
      ['as = "nobody"', 'user find', /^Error: there is no token named 'nobody' for API 'here'\n/],
    ];
    for (const [setting, args, message] of WRONG) {
      test(`${setting} is an error that says where it stands`, async () => {
        const workspace = kciWorkspace();
        workspace.write('kernelci.toml', settings('here', `[kci.user]\n${setting}\n`));
        const { code, stdout, stderr } = await workspace.kci(args.split(' '));
        assert.deepEqual([code, stdout], [1, '']);
        assert.match(stderr, message);
      });
    }
  });

  describe('the API', () => {
    const yaml = (url: string) => `api:\n  early-access:\n    url: ${url}\n    timeout: 20\n`;

    async function hello(workspace: KciWorkspace, ...args: string[]): Promise<string> {
      const { code, stderr } = await workspace.kci([...args, 'api', 'hello', '-v']);
      return code === 0 ? (/\((.*)\)/.exec(stderr)?.[1] ?? '') : stderr;
    }

    test('comes from YAML: the usual folder, or files and folders that are named', async () => {
      const workspace = kciWorkspace();
      workspace.write('kernelci.toml', '[kci]\napi = "early-access"\n');
      workspace.write('elsewhere/api.yaml', yaml(server.url));
      assert.match(
        await hello(workspace),
        /^Error: API config early-access not found\nHint: write \[kci\.apis\.early-access\]/,
      );
      for (const place of ['elsewhere/api.yaml', 'elsewhere']) {
        assert.equal(await hello(workspace, '-c', place), 'the YAML entry api.early-access');
      }
      workspace.write('more/z.yaml', 'api: {early-access: {version: v0}}');
      assert.equal(
        await hello(workspace, '-c', 'elsewhere', '--yaml-config=more'),
        'the YAML entry api.early-access',
      );
      workspace.write('config/core/deep/api.yml', yaml(server.url));
      assert.equal(await hello(workspace), 'the YAML entry api.early-access');
      workspace.write('kernelci.toml', '[kci]\napi = "early-access"\nconfig = ["elsewhere"]\n');
      assert.equal(await hello(workspace), 'the YAML entry api.early-access');
      assert.match(
        await hello(workspace, '-c', 'nowhere'),
        /^Error: the configuration nowhere does not exist\n/,
      );
    });

    test('is the one that is named', async () => {
      const workspace = kciWorkspace();
      workspace.write('kernelci.toml', `${settings('here')}[kci.apis.there]\nurl = "http://127.0.0.1:9"\n`);
      assert.equal(await hello(workspace), '[kci.apis.here] of kernelci.toml');
      assert.equal(await hello(workspace, '--api-url', `${server.url}/`), '--api-url');
      assert.match(
        await hello(workspace, '--api', 'there'),
        /^Error: no answer: .*comes from \[kci\.apis\.there\] of/s,
      );
      assert.match(await hello(workspace, '--api', 'other'), /^Error: API config other not found\n/);
    });

    test('may have another version', async () => {
      const workspace = kciWorkspace();
      workspace.write('kernelci.toml', `[kci.apis.x]\nurl = "${server.url}"\nversion = "v0"\n`);
      assert.match((await workspace.kci(['api', 'hello', '-v'])).stderr, /\/v0\/ /);
      workspace.write('kernelci.toml', `[kci.apis.x]\nurl = "${server.url}"\nversion = "v1"\n`);
      const { code, stderr } = await workspace.kci(['api', 'hello']);
      assert.equal(code, 1);
      assert.match(stderr, /^Error: HTTP 400 Bad Request for GET .*\/v1\/: Unsupported API version: v1\n/);
    });
  });
});
