import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { onOneEngine } from '../helpers/engines.ts';
import { adminWorkspace, type KciWorkspace, uniqueName } from '../helpers/kci-workspace.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { TerminalSession } from '../helpers/terminal-session.ts';

const PASSWORD = 'a pass wörd of söme length';

onOneEngine('kci on a terminal', (engine) => {
  let server: TestServer;
  let admin: KciWorkspace;

  before(async () => {
    server = await startServer({ engine });
    admin = await adminWorkspace(server);
  });

  async function verifiedUser(): Promise<string> {
    const username = uniqueName('user');
    const args = ['--as', 'admin', 'user', 'add', username, `${username}@example.org`];
    await admin.ok(args, `${PASSWORD}\n${PASSWORD}\n`);
    await admin.ok(['--as', 'admin', 'user', 'update', '--username', username, 'is_verified=true']);
    return username;
  }

  describe('passwords are asked for and not shown', () => {
    test('token', async () => {
      const { code, transcript } = await admin.tty(
        ['user', 'token', await verifiedUser()],
        [[/^Password: $/, PASSWORD]],
      );
      assert.equal(code, 0);
      assert.match(transcript, /^Password: \neyJ[\w.-]+\n$/);
    });

    test('add', async () => {
      const username = uniqueName('user');
      const args = ['--as', 'admin', 'user', 'add', username, `${username}@example.org`];
      const differs = await admin.tty(args, [
        [/^Password: $/, PASSWORD],
        [/\nConfirm password: $/, 'another'],
      ]);
      assert.deepEqual(differs, {
        code: 1,
        transcript: 'Password: \nConfirm password: \nError: Sorry, passwords do not match\n',
      });
      const same = await admin.tty(args, [
        [/^Password: $/, PASSWORD],
        [/\nConfirm password: $/, PASSWORD],
      ]);
      assert.deepEqual(same, { code: 0, transcript: 'Password: \nConfirm password: \n' });
    });

    test('password update', async () => {
      const username = await verifiedUser();
      const changed = await admin.tty(
        ['user', 'password', 'update', username],
        [
          [/^Current password: $/, PASSWORD],
          [/\nNew password: $/, 'another password'],
          [/\nRetype new password: $/, 'another password'],
        ],
      );
      assert.deepEqual(changed, {
        code: 0,
        transcript: 'Current password: \nNew password: \nRetype new password: \n',
      });
      await admin.ok(['user', 'token', username], 'another password\n');
    });

    test('login', async () => {
      const session = await TerminalSession.open();
      const shown = await session.run(
        'kci login',
        [/^API address \[http:\/\/127\.0\.0\.1:8001\/\]: $/, server.url],
        [/\nUsername: $/, server.admin.username],
        [/\nPassword: $/, server.admin.password],
      );
      assert.equal(await session.status(), 0);
      assert.ok(!shown.includes(server.admin.password), shown);
      assert.match(shown, /^API address .*\nUsername: \S+\nPassword: \nLogged in to /);
      assert.match(
        await session.run('kci login', [/: $/, '\x03']),
        /^API address \[http:\/\/127\.0\.0\.1:\d+\/\]: /,
      );
    });
  });

  describe('the line can be edited', () => {
    test('while it is hidden: backspace, erasing the line, cursor keys without effect', async () => {
      const username = await verifiedUser();
      const typed = `nonsense\x15${PASSWORD}xö\x7f\b\x1b[D\x1b[3~`;
      const { code } = await admin.tty(['user', 'token', username], [[/^Password: $/, typed]]);
      assert.equal(code, 0);
    });

    test('by pasting several answers at once', async () => {
      const username = await verifiedUser();
      const { code, transcript } = await admin.tty(
        ['user', 'password', 'update', username],
        [[/^Current password: $/, `${PASSWORD}\rnew password\rnew password`]],
      );
      assert.deepEqual(
        [code, transcript],
        [0, 'Current password: \nNew password: \nRetype new password: \n'],
      );
    });
  });

  describe('giving up', () => {
    test('Ctrl-C ends with 130, and the terminal shows again what is typed', async () => {
      const session = await TerminalSession.open({ cwd: admin.cwd, home: admin.home });
      for (const command of ['kci user token admin', 'kci user verify nobody@example.org']) {
        await session.run(command, [/(Password|Verification token): $/, 'half\x03']);
        assert.equal(await session.status(), 130);
        assert.equal(await session.run('echo still here'), 'still here\n');
        assert.ok(session.transcript.endsWith('echo still here\nstill here\n$ '), session.transcript);
      }
    });

    test('Ctrl-D ends with an error', async () => {
      for (const args of [
        ['user', 'token', 'admin'],
        ['user', 'verify', 'nobody@example.org'],
      ]) {
        const { code, transcript } = await admin.tty(args, [[/(Password|Verification token): $/, '\x04']]);
        assert.equal(code, 1);
        assert.match(transcript, /\nError: the input ended before it was answered\n$/);
      }
    });
  });

  describe('streams stay apart', () => {
    test('the result can go to a file while the prompt is on the terminal', async () => {
      const username = await verifiedUser();
      const session = await TerminalSession.open({ cwd: admin.cwd, home: admin.home });
      const answer: [RegExp, string] = [/^Password: $/, PASSWORD];
      assert.equal(await session.run(`kci user token ${username} > token.txt`, answer), 'Password: \n');
      assert.match(admin.read('token.txt'), /^eyJ[\w.-]+\n$/);
      assert.equal(
        await session.run(`kci user token ${username} > token.txt 2> errors.txt`, answer),
        'Password: \n',
      );
      assert.equal(admin.read('errors.txt'), '');
    });

    test('no prompt is printed when the answer comes from a pipe', async () => {
      const username = await verifiedUser();
      const session = await TerminalSession.open({ cwd: admin.cwd, home: admin.home });
      assert.match(await session.run(`echo '${PASSWORD}' | kci user token ${username}`), /^eyJ[\w.-]+\n$/);
    });
  });
});
