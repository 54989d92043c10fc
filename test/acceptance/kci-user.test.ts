import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { forEachEngine } from '../helpers/engines.ts';
import {
  adminWorkspace,
  anonymousWorkspace,
  type KciWorkspace,
  uniqueName,
} from '../helpers/kci-workspace.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

interface User {
  id: string;
  email: string;
  is_active: boolean;
  is_superuser: boolean;
  is_verified: boolean;
  username: string;
  groups: { id: string; name: string }[];
}

const KEYS = ['id', 'email', 'is_active', 'is_superuser', 'is_verified', 'username', 'groups'];
const PASSWORD = 'a password of some length';

forEachEngine('kci user', (engine) => {
  let server: TestServer;
  let admin: KciWorkspace;

  before(async () => {
    server = await startServer({ engine });
    admin = await adminWorkspace(server);
  });

  const asAdmin = (...args: string[]) => admin.ok(['--as', 'admin', 'user', ...args]);
  const find = async (username: string) =>
    (await admin.json<User[]>(['user', 'find', `username=${username}`])).at(0);

  async function addUser(prefix = 'user'): Promise<string> {
    const username = uniqueName(prefix);
    const both = `${PASSWORD}\n${PASSWORD}\n`;
    const args = ['--as', 'admin', 'user', 'add', username, `${username}@example.org`];
    assert.equal(await admin.ok(args, both), '');
    return username;
  }

  async function verified(username: string): Promise<void> {
    await asAdmin('update', '--username', username, 'is_verified=true');
  }

  describe('looking', () => {
    test('whoami prints the account on one line, or indented', async () => {
      const line = await admin.ok(['user', 'whoami']);
      assert.match(line, /^\{"id": "[0-9a-f]{24}", "email": .*, "groups": \[.*\]\}\n$/);
      const user = JSON.parse(line) as User;
      assert.deepEqual(Object.keys(user), KEYS);
      assert.equal(user.username, server.admin.username);
      const indented = `${JSON.stringify(user, null, 1)}\n`;
      assert.equal(await admin.ok(['user', 'whoami', '--indent=1']), indented);
      assert.equal(await admin.ok(['--indent', '1', 'user', 'whoami']), indented);
      assert.equal(await admin.ok(['user', '--indent', '0', 'whoami']), line);
    });

    test('find prints an array of those that fit', async () => {
      const username = await addUser();
      const text = await admin.ok(['user', 'find', `username=${username}`, '--indent=1']);
      assert.match(text, /^\[\n {\n {2}"id": "[0-9a-f]{24}",\n {2}"email": /);
      const [user] = JSON.parse(text) as User[];
      assert.deepEqual(Object.keys(user ?? {}), KEYS);
      assert.deepEqual(
        { ...user, id: '' },
        {
          id: '',
          email: `${username}@example.org`,
          is_active: true,
          is_superuser: false,
          is_verified: false,
          username,
          groups: [],
        },
      );
      assert.equal(await admin.ok(['user', 'find', 'username=nobody-at-all']), '[]\n');
      assert.equal(
        await admin.ok(['user', 'find', `username=~^${username.slice(0, -1)}`, 'is_active=false']),
        '[]\n',
      );
      const others = await admin.json<User[]>(['user', 'find', `username!=${username}`, '-l', '100']);
      assert.ok(others.length > 0 && others.every((other) => other.username !== username));
    });

    test('find goes through pages, or follows them to the end', async () => {
      const prefix = uniqueName('page');
      for (let count = 0; count < 5; count++) await addUser(prefix);
      const names = async (...args: string[]) =>
        (await admin.json<User[]>(['user', 'find', `username=~^${prefix}`, ...args])).map(
          ({ username }) => username,
        );
      const all = await names();
      assert.equal(all.length, 5);
      assert.deepEqual(await names('-l', '2'), all.slice(0, 2));
      assert.deepEqual(await names('--page-length=2', '--page-number=2'), all.slice(4));
      assert.deepEqual(await names('-l', '2', '-n', '7'), []);
      assert.deepEqual(await names('-l2', '--all'), all);
    });

    test('get shows one account', async () => {
      const username = await addUser();
      const user = await find(username);
      assert.deepEqual(await admin.json(['user', 'get', user?.id ?? '']), user);
    });

    test('what is printed is ASCII, as Python prints it', async () => {
      const username = `${uniqueName('ünï')}-😀`;
      await admin.ok(
        ['--as', 'admin', 'user', 'add', username, `${uniqueName('x')}@example.org`],
        `${PASSWORD}\n${PASSWORD}\n`,
      );
      const text = await admin.ok(['user', 'find', `username=${username}`]);
      assert.match(text, /^[ -~]+\n$/);
      assert.ok(text.includes('\\u00fcn\\u00ef') && text.includes('\\ud83d\\ude00'), text);
      assert.equal((JSON.parse(text) as User[])[0]?.username, username);
    });
  });

  describe('accounts', () => {
    test('add with a generated password prints it once, and it works', async () => {
      const username = uniqueName('generated');
      const email = `${username}@example.org`;
      const { code, stdout, stderr } = await admin.kci(
        ['--as', 'admin', 'user', 'add', username, email, '--generate-password', '--group', 'node:edit:any'],
        '',
      );
      assert.deepEqual([code, stderr], [0, '']);
      assert.match(stdout, /^[!-~]{20}\n$/);
      assert.deepEqual(
        (await find(username))?.groups.map(({ name }) => name),
        ['node:edit:any'],
      );
      await verified(username);
      await admin.ok(['user', 'token', username], stdout);
    });

    test('a confirmation that differs creates nothing', async () => {
      const username = uniqueName('differs');
      const args = ['--as', 'admin', 'user', 'add', username, `${username}@example.org`];
      const { code, stdout, stderr } = await admin.kci(args, 'one password\nanother\n');
      assert.deepEqual([code, stdout, stderr], [1, '', 'Error: Sorry, passwords do not match\n']);
      assert.equal(await find(username), undefined);
    });

    test('deactivate locks out, activate lets in', async () => {
      const username = await addUser();
      await verified(username);
      const token = (await admin.ok(['user', 'token', username], PASSWORD)).trim();
      const whoami = () => admin.kci(['user', 'whoami'], '', { env: { KCI_API_TOKEN: token } });
      assert.equal((await whoami()).code, 0);
      assert.equal(await asAdmin('deactivate', username), '');
      assert.equal((await find(username))?.is_active, false);
      assert.match(
        (await whoami()).stderr,
        /^Error: HTTP 401 Unauthorized for GET .*\/latest\/whoami: Unauthorized\n/,
      );
      assert.equal(await asAdmin('activate', username), '');
      assert.equal((await whoami()).code, 0);
    });

    test('update changes another account for admins, and nothing without attributes', async () => {
      const username = await addUser();
      await asAdmin('update', `email=${username}@example.com`, 'is_verified=true', '--username', username);
      await asAdmin('update', '--username', username, 'groups=node:edit:any', 'groups=admin');
      const user = await find(username);
      assert.deepEqual(
        [user?.email, user?.is_verified, user?.groups.map(({ name }) => name).sort()],
        [`${username}@example.com`, true, ['admin', 'node:edit:any']],
      );
      const { code, stdout, stderr } = await admin.kci(['user', 'update', '--username', username]);
      assert.deepEqual([code, stdout, stderr], [0, '', 'No user details to update.\n']);
    });

    test('update without a name changes the own account, with the everyday token', async () => {
      const username = await addUser();
      await verified(username);
      const env = {
        KCI_API_TOKEN: (await admin.ok(['user', 'token', username, '--everyday'], PASSWORD)).trim(),
      };
      const { code, stderr } = await admin.kci(['user', 'update', `email=${username}@example.net`], '', {
        env,
      });
      assert.deepEqual([code, stderr], [0, '']);
      assert.equal((await find(username))?.email, `${username}@example.net`);
    });

    test('delete removes an account', async () => {
      const username = await addUser();
      assert.equal(await asAdmin('delete', username), '');
      assert.equal(await find(username), undefined);
    });

    for (const verb of ['activate', 'deactivate', 'delete']) {
      test(`${verb} of a user that does not exist says so`, async () => {
        const { code, stdout, stderr } = await admin.kci(['--as', 'admin', 'user', verb, 'nobody-at-all']);
        assert.deepEqual([code, stdout, stderr], [1, '', 'Error: User not found: nobody-at-all\n']);
      });
    }

    test('update and group join say so too', async () => {
      for (const args of [
        ['update', 'email=a@example.org'],
        ['group', 'join', 'admin'],
      ]) {
        const { code, stderr } = await admin.kci([
          '--as',
          'admin',
          'user',
          ...args,
          '--username',
          'nobody-at-all',
        ]);
        assert.deepEqual([code, stderr], [1, 'Error: User not found: nobody-at-all\n']);
      }
    });
  });

  describe('passwords', () => {
    test('update takes three lines from a pipe and needs no token', async () => {
      const username = await addUser();
      await verified(username);
      const anonymous = anonymousWorkspace(server);
      const answers = `${PASSWORD}\nthe next password\nthe next password\n`;
      assert.equal(await anonymous.ok(['user', 'password', 'update', username], answers), '');
      await anonymous.ok(['user', 'token', username], 'the next password\n');
      const { code, stdout, stderr } = await anonymous.kci(['user', 'token', username], `${PASSWORD}\n`);
      assert.deepEqual([code, stdout], [1, '']);
      assert.match(
        stderr,
        /^Error: HTTP 400 Bad Request for POST .*: LOGIN_BAD_CREDENTIALS\nHint: the user name or/,
      );
    });

    test('tokens outlive it, unless they are to be revoked', async () => {
      const username = await addUser();
      await verified(username);
      const token = (await admin.ok(['user', 'token', username], PASSWORD)).trim();
      const whoami = async () =>
        (await admin.kci(['user', 'whoami'], '', { env: { KCI_API_TOKEN: token } })).code;
      const update = (...args: string[]) =>
        admin.ok(
          ['user', 'password', 'update', username, ...args],
          `${PASSWORD}\n${PASSWORD}\n${PASSWORD}\n`,
        );
      await update();
      assert.equal(await whoami(), 0);
      await update('--revoke-tokens');
      assert.equal(await whoami(), 1);
    });

    test('a wrong confirmation changes nothing', async () => {
      const username = await addUser();
      await verified(username);
      const { code, stderr } = await admin.kci(
        ['user', 'password', 'update', username],
        `${PASSWORD}\nthe next password\nanother\n`,
      );
      assert.deepEqual([code, stderr], [1, 'Error: Sorry, passwords do not match\n']);
      await admin.ok(['user', 'token', username], `${PASSWORD}\n`);
    });
  });

  describe('groups', () => {
    test('are created, joined, left and deleted', async () => {
      const username = await addUser();
      await verified(username);
      const group = uniqueName('runtime:lava');
      assert.equal(await asAdmin('group', 'add', group), '');
      assert.equal(await asAdmin('group', 'join', group, '--username', username), '');
      assert.equal(await asAdmin('group', 'join', 'node:edit:any', '--username', username), '');
      assert.equal(await asAdmin('group', 'join', group, '--username', username), '');
      assert.deepEqual((await find(username))?.groups.map(({ name }) => name).sort(), [
        'node:edit:any',
        group,
      ]);

      const inUse = await admin.kci(['--as', 'admin', 'user', 'group', 'delete', group]);
      assert.equal(inUse.code, 1);
      assert.match(inUse.stderr, /^Error: HTTP 409 Conflict for DELETE /);

      const env = {
        KCI_API_TOKEN: (await admin.ok(['user', 'token', username, '--everyday'], PASSWORD)).trim(),
      };
      const leave = () => admin.kci(['user', 'group', 'leave', group], '', { env });
      assert.deepEqual(await leave(), { code: 0, stdout: '', stderr: '' });
      assert.deepEqual(
        (await find(username))?.groups.map(({ name }) => name),
        ['node:edit:any'],
      );
      assert.deepEqual(await leave(), {
        code: 1,
        stdout: '',
        stderr: `Error: ${username} is not in the group ${group}\n`,
      });

      assert.equal(await asAdmin('group', 'delete', group), '');
      const gone = await admin.kci(['--as', 'admin', 'user', 'group', 'delete', group]);
      assert.equal(gone.code, 1);
      assert.match(gone.stderr, new RegExp(`^Error: Group not found: ${group}\n`));
    });

    test('leaving the last one works', async () => {
      const username = await addUser();
      await verified(username);
      await asAdmin('group', 'join', 'node:edit:any', '--username', username);
      const env = {
        KCI_API_TOKEN: (await admin.ok(['user', 'token', username, '--everyday'], PASSWORD)).trim(),
      };
      const { code, stderr } = await admin.kci(['user', 'group', 'leave', 'node:edit:any'], '', { env });
      assert.deepEqual([code, stderr], [0, '']);
      assert.deepEqual((await find(username))?.groups, []);
    });

    test('are listed without a token', async () => {
      const anonymous = anonymousWorkspace(server);
      const [group] = await anonymous.json<{ id: string; name: string }[]>([
        'user',
        'group',
        'find',
        'name=admin',
      ]);
      assert.deepEqual(Object.keys(group ?? {}), ['id', 'name']);
      assert.equal(group?.name, 'admin');
      const all = await anonymous.json<{ name: string }[]>(['user', 'group', 'list', '--all']);
      assert.ok(all.some(({ name }) => name === 'node:edit:any'));
    });
  });

  describe('the audit log', () => {
    test('tells who did what, the newest first', async () => {
      const username = await addUser();
      await asAdmin('deactivate', username);
      const entries = await admin.json<
        { action: string; actor: { username: string }; target: { name: string } }[]
      >([...['--as', 'admin', 'audit', '--target', username, '--actor', server.admin.username]]);
      assert.equal(entries.length, 2);
      assert.equal(entries[1]?.action, 'user.register');
      assert.deepEqual(new Set(entries.map(({ actor }) => actor.username)), new Set([server.admin.username]));
      const future = await admin.ok([
        '--as',
        'admin',
        'audit',
        '--target',
        username,
        '--since',
        '2999-01-01',
      ]);
      assert.equal(future, '[]\n');
    });
  });
});
