import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { onOneEngine } from '../helpers/engines.ts';
import {
  adminWorkspace,
  anonymousWorkspace,
  type KciWorkspace,
  uniqueName,
} from '../helpers/kci-workspace.ts';
import { tokenIn, waitForOutbox } from '../helpers/outbox.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { startSmtpServer } from '../helpers/smtp.ts';
import { TerminalSession } from '../helpers/terminal-session.ts';

const PASSWORD = 'a password of some length';
const TWICE = `${PASSWORD}\n${PASSWORD}\n`;

interface Signup {
  id: string;
  username: string;
  state: string;
}

onOneEngine(
  'kci and mails',
  (engine) => {
    let server: TestServer;
    let admin: KciWorkspace;
    let anonymous: KciWorkspace;

    before(async () => {
      server = await startServer({ engine, env: { KCI_SIGNUP: 'approval' } });
      admin = await adminWorkspace(server);
      anonymous = anonymousWorkspace(server);
    });

    const asAdmin = (...args: string[]) => admin.kci(['--as', 'admin', 'user', ...args], '');
    const terminal = () => TerminalSession.open({ cwd: anonymous.cwd, home: anonymous.home });

    async function newUser(): Promise<{ username: string; email: string }> {
      const username = uniqueName('user');
      const email = `${username}@example.org`;
      await admin.ok(['--as', 'admin', 'user', 'add', username, email], TWICE);
      return { username, email };
    }

    describe('add --send-email', () => {
      test('says where the mail is, which has the printed password', async () => {
        const username = uniqueName('user');
        const email = `${username}@example.org`;
        const { code, stdout, stderr } = await asAdmin(
          'add',
          username,
          email,
          '--generate-password',
          '--send-email',
        );
        assert.equal(code, 0);
        const file = /^No mail server is configured: the mail to \S+ is in (\/.*\.eml)\n$/.exec(stderr)?.[1];
        const mail = await waitForOutbox(server, email, /^KernelCI API Early Access account$/);
        assert.ok(mail.text.includes(stdout.trim()), mail.text);
        assert.ok(file !== undefined && statSync(file).isFile(), stderr);
      });

      test('says that a mail server has it', async () => {
        const smtp = await startSmtpServer();
        const mailing = await startServer({
          engine,
          env: { SMTP_HOST: smtp.host, SMTP_PORT: String(smtp.port), EMAIL_SENDER: 'api@kernelci.example' },
        });
        const workspace = await adminWorkspace(mailing);
        const args = [
          '--as',
          'admin',
          'user',
          'add',
          'ada',
          'ada@example.org',
          '--generate-password',
          '--send-email',
        ];
        const { code, stderr } = await workspace.kci(args);
        assert.deepEqual([code, stderr], [0, 'The mail to ada@example.org is on its way.\n']);
        await smtp.waitForMail(({ to }) => to.includes('ada@example.org'));
      });
    });

    describe('verify', () => {
      test('asks for the token from the mail', async () => {
        const { username, email } = await newUser();
        const session = await terminal();
        const shown = await session.run(`kci user verify ${email}`, [
          /^Sending verification token to \S+\nVerification token: $/,
          async () => tokenIn(await waitForOutbox(server, email, /Confirm/)),
        ]);
        assert.match(shown, /\nEmail verification successful!\n$/);
        await anonymous.ok(['user', 'token', username], `${PASSWORD}\n`);
        const again = await anonymous.kci(['user', 'verify', email], 'not a token\n');
        assert.deepEqual([again.code, again.stdout], [1, '']);
        assert.match(again.stderr, /: VERIFY_USER_BAD_TOKEN\nHint: the token is wrong, used or expired/);
      });

      test('an account that is not verified is told so', async () => {
        const { username } = await newUser();
        const { code, stderr } = await anonymous.kci(['user', 'token', username], `${PASSWORD}\n`);
        assert.equal(code, 1);
        assert.match(stderr, /: LOGIN_USER_NOT_VERIFIED\nHint: .*'kci user verify EMAIL' does it\n$/);
      });
    });

    describe('password reset', () => {
      test('sets a new password with the token from the mail', async () => {
        const { username, email } = await newUser();
        await asAdmin('update', '--username', username, 'is_verified=true');
        const session = await terminal();
        const shown = await session.run(
          `kci user password reset ${email}`,
          [
            /^Sending reset token to \S+\nReset token: $/,
            async () => tokenIn(await waitForOutbox(server, email, /Reset/)),
          ],
          [/\nNew password: $/, 'another password'],
          [/\nRetype new password: $/, 'another password'],
        );
        assert.ok(shown.endsWith('\nNew password: \nRetype new password: \n'), shown);
        await anonymous.ok(['user', 'token', username], 'another password\n');
      });

      test('a wrong token is explained', async () => {
        const answers = 'wrong\nanother password\nanother password\n';
        const { code, stderr } = await anonymous.kci(
          ['user', 'password', 'reset', 'nobody@example.org'],
          answers,
        );
        assert.equal(code, 1);
        assert.match(
          stderr,
          /^Sending reset token to nobody@example\.org\nError: HTTP 400 .*: RESET_PASSWORD_BAD_TOKEN\nHint: the token is/,
        );
      });
    });

    describe('invite', () => {
      test('mails a link, whose token opens the account', async () => {
        const username = uniqueName('invited');
        const email = `${username}@example.org`;
        const invited = await asAdmin('invite', username, email, '--group', 'node:edit:any');
        assert.deepEqual([invited.code, invited.stdout], [0, '']);
        assert.match(invited.stderr, /^No mail server is configured: the mail to \S+ is in \/.*\.eml\n$/);
        const token = tokenIn(await waitForOutbox(server, email, /invitation/));
        const session = await terminal();
        const shown = await session.run(
          'kci user accept-invite',
          [/^Invite token: $/, token],
          [/\nPassword: $/, PASSWORD],
          [/\nConfirm password: $/, PASSWORD],
        );
        assert.match(shown, new RegExp(`\nWelcome, ${username}: 'kci login' sets up the rest\\.\n$`));
        await anonymous.ok(['user', 'token', username], `${PASSWORD}\n`);
        const again = await anonymous.kci(['user', 'accept-invite'], `${token}\n${TWICE}`);
        assert.match(again.stderr, /^Error: HTTP 400 .*: Invite already accepted\n/);
      });

      test('without the mail prints the link, which can be pasted as a whole', async () => {
        const username = uniqueName('invited');
        const { code, stdout, stderr } = await asAdmin(
          'invite',
          username,
          `${username}@example.org`,
          '--no-email',
        );
        assert.deepEqual([code, stderr], [0, '']);
        assert.match(stdout, /^https?:\/\/\S+eyJ[\w.-]+\n$/);
        const accepted = await anonymous.kci(['user', 'accept-invite'], `${stdout}${TWICE}`);
        assert.equal(accepted.code, 0, accepted.stderr);
        await anonymous.ok(['user', 'token', username], `${PASSWORD}\n`);
      });

      test('again needs --resend', async () => {
        const username = uniqueName('invited');
        const args = ['invite', username, `${username}@example.org`];
        assert.equal((await asAdmin(...args)).code, 0);
        const again = await asAdmin(...args);
        assert.equal(again.code, 1);
        assert.match(again.stderr, /^Error: HTTP 400 .*: User already exists\n/);
        const resent = await asAdmin(...args, '--resend', '--link');
        assert.equal(resent.code, 0);
        assert.match(resent.stdout, /^http/);
      });
    });

    describe('signup', () => {
      async function signUp(): Promise<Signup> {
        const username = uniqueName('applicant');
        const args = ['user', 'signup', username, `${username}@example.org`];
        const { code, stdout, stderr } = await anonymous.kci(args, TWICE);
        assert.deepEqual([code, stdout], [0, '']);
        assert.match(stderr, /^\S.*\n$/);
        const waiting = await admin.json<Signup[]>([
          ...['--as', 'admin', 'user', 'signups', 'list', '--state', 'pending', '--all'],
        ]);
        const request = waiting.find((one) => one.username === username);
        assert.ok(request);
        return request;
      }

      test('an admin lets somebody in', async () => {
        const { id, username } = await signUp();
        const approved = await admin.json<Signup>(['--as', 'admin', 'user', 'signups', 'approve', id]);
        assert.deepEqual([approved.id, approved.state], [id, 'approved']);
        assert.equal((await admin.json<unknown[]>(['user', 'find', `username=${username}`])).length, 1);
      });

      test('an admin refuses somebody, once', async () => {
        const { id, username } = await signUp();
        const rejected = await admin.json<Signup>(['--as', 'admin', 'user', 'signups', 'reject', id]);
        assert.equal(rejected.state, 'rejected');
        assert.equal(await admin.ok(['user', 'find', `username=${username}`]), '[]\n');
        const late = await asAdmin('signups', 'approve', id);
        assert.equal(late.code, 1);
        assert.match(late.stderr, /^Error: HTTP 4\d\d /);
      });

      test('is refused where the operator has not switched it on', async () => {
        const closed = anonymousWorkspace(await startServer({ engine }));
        const { code, stdout, stderr } = await closed.kci(
          ['user', 'signup', 'ada', 'ada@example.org'],
          TWICE,
        );
        assert.deepEqual([code, stdout], [1, '']);
        assert.match(stderr, /^Error: HTTP 40[34] .*\/user\/signup: \S/);
      });
    });
  },
  { ownProcess: true },
);
