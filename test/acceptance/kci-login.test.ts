import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { onOneEngine } from '../helpers/engines.ts';
import { adminWorkspace, kciWorkspace, uniqueName } from '../helpers/kci-workspace.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const PASSWORD = 'a password of some length';

onOneEngine('kci login', (engine) => {
  let server: TestServer;

  before(async () => {
    server = await startServer({ engine });
  });

  const answers = (username: string, password: string) => `${server.url}\n${username}\n${password}\n`;
  const asAdmin = () => answers(server.admin.username, server.admin.password);

  async function verifiedUser(): Promise<string> {
    const admin = await adminWorkspace(server);
    const username = uniqueName('user');
    const args = ['--as', 'admin', 'user', 'add', username, `${username}@example.org`];
    await admin.ok(args, `${PASSWORD}\n${PASSWORD}\n`);
    await admin.ok(['--as', 'admin', 'user', 'update', '--username', username, 'is_verified=true']);
    return username;
  }

  test('writes settings that work, with an admin token that is used only when asked for', async () => {
    const workspace = kciWorkspace();
    const { code, stdout, stderr } = await workspace.kci(['login'], asAdmin());
    assert.deepEqual([code, stdout], [0, '']);
    const [first, second, third] = stderr.split('\n');
    assert.equal(
      first,
      `Logged in to ${server.url}/ as ${server.admin.username}; the settings are in kernelci.toml.`,
    );
    assert.match(second ?? '', /^Everyday token, valid until \d{4}-\d\d-\d\d .* \(in \d+ days\)$/);
    assert.match(
      third ?? '',
      /^Admin token, valid until .* \(in \d+ hours\): used by 'kci --as admin …' only$/,
    );
    assert.equal(statSync(path.join(workspace.cwd, 'kernelci.toml')).mode & 0o777, 0o600);
    assert.match(workspace.read('kernelci.toml'), /\[kci\]\napi = "local"\n/);
    assert.match(await workspace.ok(['user', 'token-info']), /\nScopes: nodes, events, account\n/);
    assert.equal((await workspace.kci(['audit'])).code, 1);
    assert.equal((await workspace.kci(['--as', 'admin', 'audit'])).code, 0);
  });

  test('gives others an everyday token only', async () => {
    const workspace = kciWorkspace();
    const username = await verifiedUser();
    const { code, stderr } = await workspace.kci(['login'], answers(username, PASSWORD));
    assert.equal(code, 0);
    assert.doesNotMatch(stderr, /Admin token/);
    assert.doesNotMatch(workspace.read('kernelci.toml'), /tokens/);
    assert.equal((await workspace.json<{ username: string }>(['user', 'whoami'])).username, username);
  });

  test('asks only for what the command line does not say', async () => {
    const workspace = kciWorkspace();
    const { username, password } = server.admin;
    await workspace.ok(
      ['login', '--api', 'mine', '--api-url', server.url, '--username', username],
      `${password}\n`,
    );
    assert.match(workspace.read('kernelci.toml'), /\[kci\.apis\.mine\]\nurl = /);
    await workspace.ok(['login', '--username', username], `\n${password}\n`);
    assert.doesNotMatch(workspace.read('kernelci.toml'), /local/);
  });

  test('keeps what else is in a file, and its default API', async () => {
    const workspace = kciWorkspace();
    workspace.write('kernelci.toml', '# mine\n[kci]\napi = "other" # stays\nindent = 2\n', 0o644);
    const { code, stderr } = await workspace.kci(['login', '--api', 'new'], asAdmin());
    assert.equal(code, 0);
    assert.match(stderr, /\nThe default API stays 'other': use this one with --api new\.\n$/);
    assert.ok(
      workspace.read('kernelci.toml').startsWith('# mine\n[kci]\napi = "other" # stays\nindent = 2\n'),
    );
    assert.equal(statSync(path.join(workspace.cwd, 'kernelci.toml')).mode & 0o777, 0o600);
    assert.match(await workspace.ok(['--api', 'new', 'user', 'whoami']), /^\{\n {2}"id"/);
  });

  test('writes the file of the home folder, or the one that is named', async () => {
    const workspace = kciWorkspace();
    await workspace.ok(['login', '--global'], asAdmin());
    await workspace.ok(['user', 'whoami']);
    assert.equal(statSync(path.join(workspace.home, '.config/kernelci/kernelci.toml')).mode & 0o777, 0o600);
    await workspace.ok(['login', '-s', 'sub/named.toml'], asAdmin());
    await workspace.ok(['-s', 'sub/named.toml', 'user', 'whoami']);
    await workspace.kci(['login'], asAdmin(), { env: { KCI_SETTINGS: 'by-environment.toml' } });
    await workspace.ok(['-s', 'by-environment.toml', 'user', 'whoami']);
  });

  test('of an account that is not verified says how to verify it from here', async () => {
    const admin = await adminWorkspace(server);
    const username = uniqueName('user');
    const args = ['--as', 'admin', 'user', 'add', username, `${username}@example.org`];
    await admin.ok(args, `${PASSWORD}\n${PASSWORD}\n`);
    const { code, stderr } = await kciWorkspace().kci(['login'], answers(username, PASSWORD));
    assert.equal(code, 1);
    const hint = `the e-mail address is not verified yet: 'kci --api-url ${server.url}/ user verify EMAIL' does it`;
    assert.ok(stderr.endsWith(`: LOGIN_USER_NOT_VERIFIED\nHint: ${hint}\n`), stderr);
  });

  test('writes nothing when it fails', async () => {
    const workspace = kciWorkspace();
    const failing: [stdin: string, message: RegExp][] = [
      [
        answers(server.admin.username, 'wrong'),
        /^Error: HTTP 400 .*LOGIN_BAD_CREDENTIALS\nHint: the user name or/,
      ],
      [answers('', ''), /^Error: HTTP 422 .*\n {2}username: /],
      [
        '',
        /^Error: standard input ends before the line for 'API address \[http:\/\/127\.0\.0\.1:8001\/\]'\n/,
      ],
      [`${server.url}\n`, /^Error: standard input ends before the line for 'Username'\n/],
      [
        'not an address\n',
        /^Error: 'not an address\/' is not an address that begins with http:\/\/ or https:\/\/\n/,
      ],
      ['localhost:8001\n', /^Error: 'localhost:8001\/' is not an address/],
      ['http://user:secret@127.0.0.1\n', /^Error: an API address must not contain a user name or password\n/],
    ];
    for (const [stdin, message] of failing) {
      const { code, stdout, stderr } = await workspace.kci(['login'], stdin);
      assert.deepEqual([code, stdout], [1, ''], stderr);
      assert.match(stderr, message);
    }
    const name = await workspace.kci(['login', '--api', '__proto__'], asAdmin());
    assert.equal(name.code, 2);
    assert.throws(() => workspace.read('kernelci.toml'), { code: 'ENOENT' });
  });

  test('leaves a broken settings file as it is', async () => {
    const workspace = kciWorkspace();
    workspace.write('kernelci.toml', '[kci');
    const { code, stderr } = await workspace.kci(['login'], asAdmin());
    assert.equal(code, 1);
    assert.match(stderr, /^Error: kernelci\.toml, line 1, /);
    assert.equal(workspace.read('kernelci.toml'), '[kci');
  });
});
