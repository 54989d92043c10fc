import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { forEachEngine } from '../helpers/engines.ts';
import { tokenIn, waitForOutbox } from '../helpers/outbox.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { TerminalSession } from '../helpers/terminal-session.ts';

const USERNAME = 'gtucker';
const EMAIL = 'gtucker@example.org';
/** What `pwgen -y 16 -1` may print. */
const PASSWORD = "eePh8u]i'Xoo`5Ai";
const OWN_PASSWORD = 'a password of my own';
const TOKEN = /^Password: \n(eyJ[\w-]+\.[\w-]+\.[\w-]+)\n$/;

/** The page's account, with the ids that the server gave. */
function account(fields: Record<string, string | boolean>, groups: string): RegExp {
  const lines = Object.entries({
    email: '',
    is_active: true,
    is_superuser: false,
    is_verified: true,
    ...fields,
  }).map(([key, value]) => ` "${key}": ${JSON.stringify(value)},\n`);
  return new RegExp(`^{\n "id": "[0-9a-f]{24}",\n${lines.join('')} "groups": ${groups}\n}\n$`);
}

async function asAdmin(server: TestServer): Promise<TerminalSession> {
  const session = await TerminalSession.open();
  await session.run(
    'kci login',
    [/^API address \[.*\]: $/, server.url],
    [/Username: $/, server.admin.username],
    [/Password: $/, server.admin.password],
  );
  assert.equal(await session.status(), 0);
  return session;
}

forEachEngine(
  'the admin guide, word for word',
  (engine) => {
    test('from the first login to the new user who looks who they are', async () => {
      const server = await startServer({ engine });
      const admin = await asAdmin(server);

      // 1. Getting an admin token
      const me = { email: 'admin@kernelci.org', is_superuser: true, username: server.admin.username };
      assert.match(
        await admin.run('kci user whoami --indent=1'),
        account(me, '\\[\n  {\n   "id": "[0-9a-f]{24}",\n   "name": "admin"\n  }\n ]'),
      );
      const shown = await admin.run(`kci user token ${server.admin.username}`, [
        /^Password: $/,
        server.admin.password,
      ]);
      assert.match(shown, TOKEN);

      // 2. Creating user accounts: refused without the admin token, which the settings then ask for
      const refused = await admin.run(
        `kci user add ${USERNAME} ${EMAIL}`,
        [/^Password: $/, PASSWORD],
        [/Confirm password: $/, PASSWORD],
      );
      assert.match(refused, /\nError: HTTP 403 Forbidden .*this token does not carry the admin scope\n/);
      assert.ok(
        refused.endsWith(
          `\nHint: use the token saved as 'admin': kci --as admin user add ${USERNAME} ${EMAIL}\n`,
        ),
      );
      assert.equal(await admin.status(), 1);
      const settings = path.join(admin.cwd, 'kernelci.toml');
      writeFileSync(settings, `${readFileSync(settings, 'utf8')}\n[kci.user.add]\nas = "admin"\n`);
      const added = await admin.run(
        `kci user add ${USERNAME} ${EMAIL}`,
        [/^Password: $/, PASSWORD],
        [/^\nConfirm password: $/, PASSWORD],
      );
      assert.equal(added, 'Password: \nConfirm password: \n');
      assert.equal(await admin.status(), 0);
      const found = await admin.run(`kci user find username=${USERNAME} --indent=1`);
      const unindented = found
        .replace(/^\[\n/, '')
        .replace(/\n\]\n$/, '\n')
        .replace(/^ /gm, '');
      assert.match(found, /^\[\n {\n {2}"id": .*\n {2}"groups": \[\]\n }\n\]\n$/s);
      assert.match(unindented, account({ email: EMAIL, is_verified: false, username: USERNAME }, '\\[]'));

      // The short cuts: a password from a pipe, a generated one
      assert.equal(
        await admin.run(`yes '${OWN_PASSWORD}' | head -2 | kci user add piped piped@example.org`),
        '',
      );
      assert.match(
        await admin.run('kci --as admin user add made made@example.org --generate-password'),
        /^\S{20}\n$/,
      );

      // 3. Telling the new user
      const told = await admin.run(
        'kci --as admin user add told told@example.org --generate-password --send-email',
      );
      assert.match(
        told,
        /^\S{20}\nNo mail server is configured: the mail to told@example\.org is in \/\S+\.eml\n$/,
      );
      const mail = await waitForOutbox(server, 'told@example.org', /^KernelCI API Early Access account$/);
      assert.ok(mail.text.includes(told.split('\n')[0] ?? ''), mail.text);

      await newUser(server);
    });

    test('tokens: saved by name, everyday ones, listed and revoked', async () => {
      const server = await startServer({ engine });
      const admin = await asAdmin(server);
      const { username, password } = server.admin;
      const answer: [RegExp, string] = [/^Password: $/, password];
      const saved = await admin.run(
        `kci user token --everyday ${username} --name laptop --expires 30d --save`,
        answer,
      );
      assert.equal(saved, 'Password: \nToken saved: api.local.token in [kci.secrets] of kernelci.toml\n');
      const named = await admin.run(`kci user token ${username} --save root`, answer);
      assert.equal(
        named,
        'Password: \nToken saved: api.local.tokens.root in [kci.secrets] of kernelci.toml\n',
      );
      assert.equal(statSync(path.join(admin.cwd, 'kernelci.toml')).mode & 0o777, 0o600);
      assert.match(
        await admin.run('kci user token-info'),
        /\nScopes: nodes, events, account\nAdmin rights: no\n$/,
      );
      assert.match(await admin.run('kci --as root api hello --verbose'), /\nAdmin rights: yes\n$/);
      const list = JSON.parse(await admin.run('kci user tokens list')) as { id: string; name: string }[];
      const laptop = list.find(({ name }) => name === 'laptop');
      assert.equal(await admin.run(`kci --as root user tokens revoke ${laptop?.id}`), '');
      assert.match(await admin.run('kci user whoami'), /^Error: HTTP 401 /);
    });
  },
  { ownProcess: true },
);

/** 4. What the new user does, in a folder of their own where the address comes from YAML. */
async function newUser(server: TestServer): Promise<void> {
  const user = await TerminalSession.open();
  const write = (name: string, content: string) => {
    mkdirSync(path.dirname(path.join(user.cwd, name)), { recursive: true });
    writeFileSync(path.join(user.cwd, name), content);
    chmodSync(path.join(user.cwd, name), 0o600);
  };
  write('config/core/api.yaml', `api: {early-access: {url: "${server.url}"}}\n`);

  const updated = await user.run(
    `kci user password update ${USERNAME}`,
    [/^Current password: $/, PASSWORD],
    [/^\nNew password: $/, OWN_PASSWORD],
    [/^\nRetype new password: $/, OWN_PASSWORD],
  );
  assert.equal(updated, 'Current password: \nNew password: \nRetype new password: \n');
  const verified = await user.run(`kci user verify ${EMAIL}`, [
    /^Sending verification token to gtucker@example\.org\nVerification token: $/,
    async () => tokenIn(await waitForOutbox(server, EMAIL, /^Confirm your mail address/)),
  ]);
  assert.match(
    verified,
    /^Sending verification token to \S+\nVerification token: \S+\nEmail verification successful!\n$/,
  );
  const token = TOKEN.exec(await user.run(`kci user token ${USERNAME}`, [/^Password: $/, OWN_PASSWORD]))?.[1];
  assert.ok(token);

  const page = `[kci]\napi = 'early-access'\nindent = 4\n\n[kci.secrets]\napi.early-access.token = "${token}"\n`;
  write('kernelci.toml', page);
  const expected = new RegExp(
    `^{\n    "id": "[0-9a-f]{24}",\n    "email": "${EMAIL}",\n    "is_active": true,\n    "is_superuser": false,\n` +
      `    "is_verified": true,\n    "username": "${USERNAME}",\n    "groups": \\[]\n}\n$`,
  );
  assert.match(await user.run('kci user whoami'), expected);

  // The other ways to say where the API is
  write('elsewhere.yaml', `api: {early-access: {url: "${server.url}"}}\n`);
  await user.run('rm -r config');
  assert.match(await user.run('kci user whoami'), /^Error: API config early-access not found\n/);
  assert.match(await user.run('kci user whoami -c elsewhere.yaml'), expected);
  assert.match(await user.run(`kci user whoami --api-url ${server.url}`), expected);
  write('kernelci.toml', `${page}\n[kci.apis.early-access]\nurl = "${server.url}"\n`);
  assert.match(await user.run('kci user whoami'), expected);
}
