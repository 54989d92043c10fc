import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { onOneEngine } from '../helpers/engines.ts';
import { call } from '../helpers/http.ts';
import {
  adminWorkspace,
  anonymousWorkspace,
  type KciWorkspace,
  uniqueName,
} from '../helpers/kci-workspace.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

interface TokenInfo {
  id: string;
  user: { username: string };
  name: string;
  scopes: string[];
  created: string;
  expires: string;
  last_used: string | null;
}

const NO_ADMIN_SCOPE = /: Forbidden: this token does not carry the admin scope\n/;
const DAY_MS = 24 * 3600 * 1000;

const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
    jti: string;
    scopes: string[];
  };

onOneEngine('kci user token', (engine) => {
  let server: TestServer;
  let admin: KciWorkspace;
  let password: string;
  let me: string;

  before(async () => {
    server = await startServer({ engine });
    admin = await adminWorkspace(server);
    password = `${server.admin.password}\n`;
    me = server.admin.username;
  });

  const whoami = async (token: string) => (await call(server, 'GET', '/latest/whoami', { token })).status;
  const audit = async (token: string) => (await call(server, 'GET', '/latest/audit', { token })).status;
  const make = async (...args: string[]) => (await admin.ok(['user', 'token', me, ...args], password)).trim();

  describe('making', () => {
    test('prints the bare token, which carries all rights', async () => {
      const printed = await admin.ok(['user', 'token', me], password);
      assert.match(printed, /^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/);
      assert.deepEqual([await whoami(printed.trim()), await audit(printed.trim())], [200, 200]);
    });

    test('limited, the token can do no more than it says', async () => {
      const everyday = await make('--everyday');
      assert.deepEqual([await whoami(everyday), await audit(everyday)], [200, 403]);
      const reading = await make('--scope', 'read-only', '--name', 'status page', '--expires', '2d');
      assert.deepEqual(claimsOf(reading).scopes, ['read-only']);
      const patch = await call(server, 'PATCH', '/latest/user/me', { token: reading, json: {} });
      assert.equal(patch.status, 403);
      const infos = await admin.json<TokenInfo[]>(['user', 'tokens', 'list', '--all']);
      const info = infos.find(({ id }) => id === claimsOf(reading).jti);
      assert.deepEqual([info?.name, info?.scopes, info?.user.username], ['status page', ['read-only'], me]);
      const lifetime = Date.parse(`${info?.expires}Z`) - Date.parse(`${info?.created}Z`);
      assert.ok(Math.abs(lifetime - 2 * DAY_MS) < 10_000, `${lifetime}`);
    });

    test('scopes may be repeated or written as a list', async () => {
      const scopes = ['nodes', 'events'];
      assert.deepEqual(
        claimsOf(await make('--scope', 'nodes', '--scope', 'events')).scopes.toSorted(),
        scopes.toSorted(),
      );
      assert.deepEqual(claimsOf(await make('--scope=nodes,events')).scopes.toSorted(), scopes.toSorted());
    });

    test('needs no token and no settings file beyond the address', async () => {
      assert.match(await anonymousWorkspace(server).ok(['user', 'token', me], password), /^eyJ/);
    });
  });

  describe('saving', () => {
    test('writes the everyday token and named ones beside each other, for the owner only', async () => {
      const workspace = anonymousWorkspace(server);
      workspace.write('kernelci.toml', `# mine\n${workspace.read('kernelci.toml')}indent = 7 # odd\n`, 0o644);
      const everyday = await workspace.kci(['user', 'token', me, '--everyday', '--save'], password);
      assert.deepEqual(everyday, {
        code: 0,
        stdout: '',
        stderr: 'Token saved: api.test.token in [kci.secrets] of kernelci.toml\n',
      });
      const named = await workspace.kci(['user', 'token', me, '--save', 'admin'], password);
      assert.deepEqual([named.code, named.stdout], [0, '']);
      const settings = workspace.read('kernelci.toml');
      assert.ok(settings.startsWith('# mine\n') && settings.includes('indent = 7 # odd'), settings);
      assert.equal(statSync(path.join(workspace.cwd, 'kernelci.toml')).mode & 0o777, 0o600);
      assert.match((await workspace.kci(['audit'])).stderr, NO_ADMIN_SCOPE);
      assert.equal((await workspace.kci(['--as', 'admin', 'audit'])).code, 0);
    });

    test('keeps a token with admin rights from becoming the everyday one', async () => {
      const workspace = anonymousWorkspace(server);
      const { code, stderr } = await workspace.kci(['user', 'token', me, '--save'], password);
      assert.equal(code, 0);
      assert.match(stderr, /^Token saved: api\.test\.tokens\.admin in .*\nIt carries admin rights/);
      assert.match((await workspace.kci(['user', 'whoami'])).stderr, /HTTP 401 /);
      assert.equal((await workspace.kci(['user', 'whoami', '--as', 'admin'])).code, 0);
    });

    test('creates a file that works from an address on the command line', async () => {
      const workspace = await adminWorkspace(server);
      const args = ['-s', 'new.toml', 'user', 'token', me, '--everyday', '--save'];
      const missing = await workspace.kci(args, password);
      assert.deepEqual([missing.code, missing.stdout], [1, '']);
      workspace.write('empty.toml', '');
      args[1] = 'empty.toml';
      await workspace.ok([...args, '--api', 'other', '--api-url', server.url], password);
      await workspace.ok(['-s', 'empty.toml', '--api', 'other', '--api-url', server.url, 'user', 'whoami']);
    });

    test('a user name after --save is a user name', async () => {
      const workspace = anonymousWorkspace(server);
      const { code, stderr } = await workspace.kci(['user', 'token', '--everyday', '--save', me], password);
      assert.deepEqual(
        [code, stderr],
        [0, 'Token saved: api.test.token in [kci.secrets] of kernelci.toml\n'],
      );
    });
  });

  describe('listing and revoking', () => {
    test('a revoked token is useless', async () => {
      const tokens = [
        await make('--name', 'first'),
        await make('--name', 'second'),
        await make('--name', 'third'),
      ];
      const ids = tokens.map((token) => claimsOf(token).jti);
      assert.equal(await admin.ok(['user', 'tokens', 'revoke', ...ids.slice(0, 2)]), '');
      assert.deepEqual(await Promise.all(tokens.map(whoami)), [401, 401, 200]);
      const listed = await admin.json<TokenInfo[]>(['user', 'tokens', 'list', '--all']);
      assert.deepEqual(
        listed.filter(({ id }) => ids.includes(id)).map(({ name }) => name),
        ['third'],
      );
      const again = await admin.kci(['user', 'tokens', 'revoke', ids[0] ?? '']);
      assert.equal(again.code, 1);
      assert.match(again.stderr, /^Error: HTTP 404 Not Found for DELETE .*\/user\/tokens\/[0-9a-f]{24}/);
    });

    test('admins see those of others, with a token that has admin rights', async () => {
      const username = uniqueName('owner');
      const made = await admin.ok([
        '--as',
        'admin',
        'user',
        'add',
        username,
        `${username}@example.org`,
        '--generate-password',
      ]);
      await admin.ok(['--as', 'admin', 'user', 'update', '--username', username, 'is_verified=true']);
      await admin.ok(['user', 'token', username, '--name', 'of somebody else'], made);
      const [info] = await admin.json<TokenInfo[]>([
        '--as',
        'admin',
        'user',
        'tokens',
        'list',
        '--username',
        username,
      ]);
      assert.deepEqual(
        [info?.name, info?.user.username, info?.last_used],
        ['of somebody else', username, null],
      );
      const everybody = await admin.json<TokenInfo[]>([
        '--as=admin',
        'user',
        'tokens',
        'list',
        '--all-users',
        '--all',
      ]);
      assert.ok(new Set(everybody.map(({ user }) => user.username)).size > 1);
      assert.match((await admin.kci(['user', 'tokens', 'list', '--all-users'])).stderr, /^Error: HTTP 403 /);
      assert.equal(await admin.ok(['--as', 'admin', 'user', 'tokens', 'revoke', info?.id ?? '']), '');
    });
  });

  describe('telling', () => {
    test('token-info reads the configured token, or another, without the API', async () => {
      const everyday = await admin.ok(['user', 'token-info']);
      assert.match(
        everyday,
        /^Token: api\.test\.token in \[kci\.secrets\] of kernelci\.toml\nUser id: [0-9a-f]{24}\nToken id: /,
      );
      assert.match(
        everyday,
        /\nExpires: \d{4}-.* UTC \(in \d+ days\)\nScopes: nodes, events, account\nAdmin rights: no\n$/,
      );
      assert.match(
        await admin.ok(['--as', 'admin', 'user', 'token-info']),
        /\nAdmin rights: yes, if the account has them\n$/,
      );
      const token = await make('--scope', 'read-only');
      const away = { env: { KCI_API_TOKEN: token } };
      assert.match((await admin.kci(['user', 'token-info'], '', away)).stdout, /^Token: KCI_API_TOKEN\n/);
      assert.match(await admin.ok(['user', 'token-info', '--token', token]), /\nScopes: read-only\n/);
      assert.match(
        await admin.ok(['user', 'token-info', '--token', '-'], `${token}\n`),
        /\nScopes: read-only\n/,
      );
    });

    test('token-info --raw prints the claims as they are', async () => {
      const token = await make();
      assert.deepEqual(await admin.json(['user', 'token-info', '--raw', '--token', token]), claimsOf(token));
      assert.match(
        await admin.ok(['user', 'token-info', '--raw', '--token', token, '--indent', '2']),
        /^{\n {2}"sub": "/,
      );
    });

    test('a token of /user/login carries everything, and hello --verbose warns when it is the default one', async () => {
      const form = { username: me, password: server.admin.password };
      const login = await call<{ access_token: string }>(server, 'POST', '/latest/user/login', { form });
      const env = { KCI_API_TOKEN: login.body.access_token };
      const info = await admin.kci(['user', 'token-info'], '', { env });
      assert.match(
        info.stdout,
        /\nScopes: nodes, events, account, admin\nAdmin rights: yes, if the account has them\n/,
      );
      const hello = await admin.kci(['api', 'hello', '--verbose'], '', { env });
      assert.equal(hello.stdout, '{"message": "KernelCI API"}\n');
      assert.match(hello.stderr, /\nAdmin rights: yes\nWarning: the default token carries admin rights/);
    });

    test('hello --verbose says what is used, and hello alone says nothing else', async () => {
      assert.deepEqual(await admin.kci(['api', 'hello']), {
        code: 0,
        stdout: '{"message": "KernelCI API"}\n',
        stderr: '',
      });
      const everyday = await admin.kci(['api', 'hello', '-v']);
      assert.match(
        everyday.stderr,
        /^API: test, http.*\/latest\/ \(\[kci\.apis\.test\] of kernelci\.toml\)\nToken: api\.test\.token /,
      );
      assert.match(everyday.stderr, /\nAdmin rights: no\n$/);
      const named = await admin.kci(['--as', 'admin', 'api', 'hello', '-v']);
      assert.match(named.stderr, /\nAdmin rights: yes\n$/);
      const none = await anonymousWorkspace(server).kci(['api', 'hello', '--verbose']);
      assert.match(none.stderr, /\nToken: none\n$/);
      const bad = await admin.kci(['api', 'hello', '-v'], '', { env: { KCI_API_TOKEN: 'not-a-jwt' } });
      assert.deepEqual([bad.code, bad.stderr.includes('the API does not accept the token')], [0, true]);
    });
  });

  describe('refusals have a hint that works', () => {
    test('an everyday token on an admin operation', async () => {
      const { code, stdout, stderr } = await admin.kci(['user', 'deactivate', me, '--indent', '2']);
      assert.deepEqual([code, stdout], [1, '']);
      assert.match(stderr, /^Error: HTTP 403 Forbidden for PATCH http/);
      assert.match(stderr, NO_ADMIN_SCOPE);
      assert.ok(
        stderr.endsWith(
          `\nHint: use the token saved as 'admin': kci --as admin user deactivate ${me} --indent 2\n`,
        ),
        stderr,
      );
    });

    test('a wrong or expired token, and none', async () => {
      const hint = async (workspace: KciWorkspace, env = {}) => {
        const { code, stdout, stderr } = await workspace.kci(['user', 'whoami'], '', { env });
        assert.deepEqual([code, stdout], [1, '']);
        const [error = '', text = ''] = stderr.split('\n');
        assert.match(error, /^Error: HTTP 401 Unauthorized for GET http.*\/latest\/whoami: Unauthorized$/);
        return text;
      };
      assert.equal(
        await hint(anonymousWorkspace(server)),
        "Hint: no token is configured: run 'kci login', or set api.test.token in [kci.secrets] of kernelci.toml",
      );
      assert.match(
        await hint(admin, { KCI_API_TOKEN: 'wrong' }),
        /^Hint: the server does not accept the token \(KCI_API_TOKEN\)/,
      );
      const past = [{ alg: 'HS256' }, { exp: 1 }].map((part) =>
        Buffer.from(JSON.stringify(part)).toString('base64url'),
      );
      assert.match(
        await hint(admin, { KCI_API_TOKEN: `${past.join('.')}.x` }),
        /^Hint: the token \(KCI_API_TOKEN\) expired on 1970-01-01 00:00:01 UTC: set KCI_API_TOKEN to another/,
      );
    });

    test('too many attempts', async () => {
      const workspace = anonymousWorkspace(server);
      const username = uniqueName('guessed');
      for (let count = 0; count < 60; count++) {
        const { code, stderr } = await workspace.kci(['user', 'token', username], 'wrong password\n');
        assert.equal(code, 1);
        if (stderr.includes('HTTP 400 ')) continue;
        assert.match(
          stderr,
          /^Error: HTTP 429 Too Many Requests for POST .*\nHint: try again in \d+ (seconds?|minutes)\n$/,
        );
        return;
      }
      assert.fail('the account is not limited');
    });
  });
});
