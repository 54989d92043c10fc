import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import PostalMime from 'postal-mime';
import { cleanUpAfterFile } from '../helpers/cleanup.ts';
import { type Engine, forEachEngine } from '../helpers/engines.ts';
import { call, login } from '../helpers/http.ts';
import { runApi } from '../helpers/run-command.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { type ReceivedMail, startSmtpServer } from '../helpers/smtp.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

const WITHIN_MS = 30_000;
const PASSWORD = 'a-password-of-my-own';

function smtpSettings(smtp: { host: string; port: number }): Record<string, string> {
  return { SMTP_HOST: smtp.host, SMTP_PORT: String(smtp.port), EMAIL_SENDER: 'api@kernelci.example' };
}

const adminToken = (server: TestServer) => login(server, server.admin.username, server.admin.password);

async function invite(server: TestServer, username: string, adminsToken?: string): Promise<void> {
  const token = adminsToken ?? (await adminToken(server));
  const json = { username, email: `${username}@example.org` };
  const answer = await call<{ email_sent: boolean }>(server, 'POST', '/latest/user/invite', { token, json });
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.body.email_sent, true);
}

const to =
  (username: string, subject = /./) =>
  ({ to: recipients, mail }: ReceivedMail): boolean =>
    recipients.includes(`${username}@example.org`) && subject.test(mail.subject ?? '');

/** The line of the mail that is a token. */
function tokenIn(text: string | undefined): string {
  const token = /^\s*(eyJ[\w-]+\.[\w-]+\.[\w-]+)\s*$/m.exec(text ?? '')?.[1];
  assert.ok(token, text);
  return token;
}

interface SilentServer {
  host: string;
  port: number;
  /** Settles when somebody has connected. */
  called: Promise<unknown>;
  stop(): Promise<void>;
}

/** A mail server that takes connections and never says a word. */
async function startSilentServer(): Promise<SilentServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  const called = once(server, 'connection');
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    for (const socket of sockets) socket.destroy();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  cleanUpAfterFile(stop);
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port, called, stop };
}

async function outboxOf(server: TestServer): Promise<Array<{ file: string; text: string; to: string }>> {
  const folder = path.join(server.dataDir, 'outbox');
  for (const end = Date.now() + WITHIN_MS; ; await delay(50)) {
    const names = await readdir(folder).catch(() => []);
    const files = names.filter((name) => name.endsWith('.eml')).map((name) => path.join(folder, name));
    if (files.length > 0) {
      return Promise.all(
        files.map(async (file) => {
          const mail = await PostalMime.parse(await readFile(file));
          return { file, text: mail.text ?? '', to: mail.to?.[0]?.address ?? '' };
        }),
      );
    }
    assert.ok(Date.now() < end, `nothing in ${folder}\n${server.logs()}`);
  }
}

const startMailing = (
  engine: Engine,
  smtp: { host: string; port: number },
  env: Record<string, string> = {},
) => startServer({ engine, env: { ...smtpSettings(smtp), ...env } });

forEachEngine(
  'mail',
  (engine) => {
    test('an invite arrives at the mail server, and its token opens the account', async () => {
      const smtp = await startSmtpServer();
      const server = await startMailing(engine, smtp);
      await invite(server, 'ada');
      const { from, mail } = await smtp.waitForMail(to('ada'));
      assert.equal(from, 'api@kernelci.example');
      assert.equal(mail.subject, 'Your invitation to the KernelCI API');
      const json = { token: tokenIn(mail.text), password: PASSWORD };
      assert.equal((await call(server, 'POST', '/latest/user/accept-invite', { json })).status, 200);
      await login(server, 'ada', PASSWORD);
    });

    test('a reset token comes over an encrypted and authenticated connection', async () => {
      const auth = { user: 'mailer', password: 'password-of-the-mailer' };
      const smtp = await startSmtpServer({ security: 'starttls', auth });
      const server = await startMailing(engine, smtp, {
        SMTP_USER: auth.user,
        EMAIL_PASSWORD: auth.password,
        NODE_EXTRA_CA_CERTS: smtp.caFile,
        KCI_INITIAL_ADMIN_EMAIL: 'root@example.org',
      });
      const asked = await call(server, 'POST', '/latest/user/forgot-password', {
        json: { email: 'root@example.org' },
      });
      assert.equal(asked.status, 202, asked.text);
      const { mail, secure } = await smtp.waitForMail(to('root', /Reset/));
      assert.equal(secure, true);
      const json = { token: tokenIn(mail.text), password: PASSWORD };
      assert.equal((await call(server, 'POST', '/latest/user/reset-password', { json })).status, 200);
      await smtp.waitForMail(to('root', /was changed/));
      await login(server, server.admin.username, PASSWORD);
      assert.doesNotMatch(server.logs(), /password-of-the-mailer|root@example|eyJ/);
    });

    test('a mail server that is down fails no request, and a restart loses no mail', async () => {
      const gone = await startSmtpServer();
      await gone.stop();
      const server = await startMailing(engine, gone);
      await invite(server, 'ada');
      await invite(server, 'bob');
      assert.equal(await server.stop(), 0);
      const smtp = await startSmtpServer({ port: gone.port });
      await server.restart();
      await smtp.waitForMail(to('ada'));
      await smtp.waitForMail(to('bob'));
      assert.equal(smtp.mails.length, 2);
    });

    test('a mail server that hangs holds up neither a request nor the end of the process', async () => {
      const silent = await startSilentServer();
      const server = await startMailing(engine, silent);
      await invite(server, 'ada');
      await silent.called;
      assert.equal(await server.stop(), 0);
      await silent.stop();
      const smtp = await startSmtpServer({ port: silent.port });
      await server.restart();
      await smtp.waitForMail(to('ada'));
    });

    test('a process that is killed while it sends loses no mail', async () => {
      const silent = await startSilentServer();
      const server = await startMailing(engine, silent);
      await invite(server, 'ada');
      await silent.called;
      await server.kill9();
      await silent.stop();
      const smtp = await startSmtpServer({ port: silent.port });
      await server.restart();
      await smtp.waitForMail(to('ada'));
    });

    test('two instances on one database send each mail once', async () => {
      const smtp = await startSmtpServer();
      const server = await startMailing(engine, smtp);
      const sibling = await server.startSibling();
      const names = Array.from({ length: 12 }, (_, n) => `user${n}`);
      const token = await adminToken(server);
      await Promise.all(names.map((name, n) => invite(n % 2 === 0 ? server : sibling, name, token)));
      for (const name of names) await smtp.waitForMail(to(name));
      assert.equal(await server.stop(), 0);
      assert.equal(await sibling.stop(), 0);
      assert.equal(smtp.mails.length, names.length);
    });

    test('without a mail server the mail is a file in the outbox, and the answer names it', async () => {
      const server = await startServer({ engine });
      const token = await login(server, server.admin.username, server.admin.password);
      const json = {
        username: 'ada',
        email: 'ada@example.org',
        password: 'made-by-the-admin',
        send_email: true,
      };
      const answer = await call(server, 'POST', '/latest/user/register', { token, json });
      assert.equal(answer.status, 200, answer.text);
      const [mail, ...others] = await outboxOf(server);
      assert.deepEqual(others, []);
      assert.equal(mail?.to, 'ada@example.org');
      assert.equal(decodeURI(answer.headers.get('kci-mail-outbox') ?? ''), mail.file);
      assert.match(mail.text, /made-by-the-admin/);
      assert.match(mail.text, /kci --api-url \S+ user password update ada/);
    });

    test('the operator replaces a text', async () => {
      const folder = makeTempFolder('templates');
      const source = 'Subject: Bienvenue, {{username}}\n\nVotre jeton :\n\n{{token}}\n';
      writeFileSync(path.join(folder, 'invite.txt.hbs'), source);
      const smtp = await startSmtpServer();
      const server = await startMailing(engine, smtp, { KCI_TEMPLATES_DIR: folder });
      await invite(server, 'ada');
      const { mail } = await smtp.waitForMail(to('ada'));
      assert.equal(mail.subject, 'Bienvenue, ada');
      tokenIn(mail.text);
    });

    test('a text with a mistake keeps the server from starting, and it says where', async () => {
      const folder = makeTempFolder('templates');
      const file = path.join(folder, 'invite.txt.hbs');
      writeFileSync(file, 'Subject: Hello\n\n{{tokn}}\n');
      const server = await startServer({ engine });
      await server.stop();
      const result = await runApi(['serve'], { env: { ...server.env, KCI_TEMPLATES_DIR: folder } });
      assert.equal(result.code, 1);
      assert.ok(result.stderr.includes(`${file}: line 3: tokn is no variable here`), result.stderr);
    });
  },
  { ownProcess: true },
);
