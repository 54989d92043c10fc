import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { addAccount, adminToken, readAudit, registerUser, statusOf, USER_KEYS } from '../helpers/accounts.ts';
import { createDatabase } from '../helpers/databases.ts';
import { type Engine, forEachEngine } from '../helpers/engines.ts';
import { eventually } from '../helpers/eventually.ts';
import { call, login } from '../helpers/http.ts';
import { commandEnvironment, runApi } from '../helpers/run-command.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { startServerProcess } from '../helpers/server-process.ts';
import { runSql } from '../helpers/sql.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

/** Settings for a server on a fresh data folder or database, without a password for its first admin. */
async function freshSettings(engine: Engine): Promise<{ env: Record<string, string>; cwd: string }> {
  const cwd = makeTempFolder('fresh');
  const database = engine === 'postgres' ? { DATABASE_URL: (await createDatabase()).url } : {};
  return { cwd, env: commandEnvironment({ env: { KCI_PORT: '0', ...database } }) };
}

/** Sends the beginning of a login and waits until the server has it. */
async function beginLogin(
  server: TestServer,
): Promise<{ socket: Socket; rest: string; answer: Promise<string> }> {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  const body = new URLSearchParams(server.admin).toString();
  socket.write(
    `POST /latest/user/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n` +
      `Content-Length: ${body.length}\r\nExpect: 100-continue\r\n\r\n`,
  );
  const [go] = await once(socket, 'data');
  assert.match(String(go), /^HTTP\/1\.1 100 /);
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.on('error', () => undefined);
  return { socket, rest: body, answer: once(socket, 'close').then(() => text) };
}

/** Not because its patience with requests in flight was at its end. */
function assertStoppedByItself(server: TestServer): void {
  assert.match(server.logs(), /"stopped"/);
  assert.doesNotMatch(server.logs(), /in flight/);
}

forEachEngine(
  'from start to stop',
  (engine) => {
    test('the first start makes an admin and prints the password, the second does neither', async () => {
      const { env, cwd } = await freshSettings(engine);
      const first = await startServerProcess(env, cwd);
      const [, name, password] =
        /the admin is "(.*)", with the password (\S+)/.exec(first.output.stdout) ?? [];
      assert.equal(name, 'admin');
      assert.ok(password !== undefined && password.length >= 16, password);
      assert.equal(first.output.stdout.split(password).length, 2);
      assert.doesNotMatch(first.output.stderr, new RegExp(password));

      const token = await login(first, name, password);
      const whoami = await call<Record<string, unknown>>(first, 'GET', '/latest/whoami', { token });
      assert.deepEqual(Object.keys(whoami.body), USER_KEYS);
      const groups = await call<{ items: { name: string }[] }>(first, 'GET', '/latest/groups');
      assert.deepEqual(
        groups.body.items.map((group) => group.name),
        ['node:edit:any', 'admin'],
      );
      first.child.kill('SIGTERM');
      assert.equal(await first.exited, 0);

      const second = await startServerProcess(env, cwd);
      assert.doesNotMatch(second.output.stdout, /First start|password/i);
      assert.equal(await statusOf(second, token), 200);
      await login(second, name, password);
      second.child.kill('SIGTERM');
      assert.equal(await second.exited, 0);
    });

    test('instances that start at once on a fresh database agree', async () => {
      const { env, cwd } = await freshSettings(engine);
      const instances = await Promise.all([1, 2, 3].map(() => startServerProcess(env, cwd)));
      const printed = instances.flatMap(
        ({ output }) => /with the password (\S+)/.exec(output.stdout)?.[1] ?? [],
      );
      assert.equal(printed.length, 1);
      const tokens = await Promise.all(
        instances.map((instance) => login(instance, 'admin', printed[0] ?? '')),
      );
      for (const instance of instances) {
        for (const token of tokens) assert.equal(await statusOf(instance, token), 200);
      }
      const [some] = instances;
      assert.ok(some);
      const users = await call<{ total: number }>(some, 'GET', '/latest/users', { token: tokens[0] ?? '' });
      assert.equal(users.body.total, 1);
      const acts = await readAudit(some, tokens[0] ?? '', { action: 'user.first-admin' });
      assert.equal(acts.length, 1);
      for (const { child, exited } of instances) {
        child.kill('SIGTERM');
        assert.equal(await exited, 0);
      }
    });

    test('nobody becomes the first admin in place of somebody else', async () => {
      const server = await startServer({ engine });
      const admin = await adminToken(server);
      const alice = await registerUser(server, admin, { username: 'alice' });
      await runSql(server, "UPDATE users SET is_active = 0 WHERE username = 'admin'");
      await server.stop();
      const cwd = path.dirname(server.dataDir);
      for (const [name, email] of [
        ['alice', 'other@example.org'],
        ['other', alice.email.toUpperCase()],
      ] as const) {
        const env = { ...server.env, KCI_INITIAL_ADMIN_USERNAME: name, KCI_INITIAL_ADMIN_EMAIL: email };
        const { code, stderr } = await runApi(['serve'], { env, cwd });
        assert.equal(code, 1);
        assert.match(stderr, /KCI_INITIAL_ADMIN_USERNAME.*KCI_INITIAL_ADMIN_EMAIL/);
        assert.ok(stderr.includes(name) && stderr.includes(email));
      }
      const env = {
        ...server.env,
        KCI_INITIAL_ADMIN_USERNAME: 'new',
        KCI_INITIAL_ADMIN_EMAIL: 'new@example.org',
      };
      const rescued = await startServerProcess(env, cwd);
      const token = await login(rescued, 'new', server.admin.password);
      assert.equal((await call(rescued, 'GET', '/latest/audit', { token })).status, 200);
      rescued.child.kill('SIGTERM');
      assert.equal(await rescued.exited, 0);
    });

    test('SIGTERM finishes what is in flight, takes nothing new, and exits 0', async () => {
      const server = await startServer({ engine });
      const inFlight = await Promise.all([beginLogin(server), beginLogin(server)]);
      const stopped = server.stop();
      await eventually('it says that it stops', () => (/"stopping"/.test(server.logs()) ? true : undefined));
      await eventually('it takes no connections', () =>
        call(server, 'GET', '/health').then(
          () => undefined,
          () => true,
        ),
      );
      for (const { socket, rest } of inFlight) socket.write(rest);
      for (const answer of await Promise.all(inFlight.map((request) => request.answer))) {
        assert.match(answer, /^HTTP\/1\.1 200 /);
        assert.match(answer, /"access_token":"eyJ/);
      }
      assert.equal(await stopped, 0);
      assertStoppedByItself(server);
      await server.restart();
      const token = await adminToken(server);
      assert.equal((await readAudit(server, token, { action: 'user.login' })).length, 3);
    });

    test('idle connections do not hold up a stop', async () => {
      const server = await startServer({ engine });
      const { hostname, port } = new URL(server.url);
      const idle = connect(Number(port), hostname);
      idle.on('error', () => undefined);
      idle.write('GET /latest/ HTTP/1.1\r\nHost: x\r\n\r\n');
      await once(idle, 'data');
      const silent = connect(Number(port), hostname);
      silent.on('error', () => undefined);
      await once(silent, 'connect');
      const closed = Promise.all([once(idle, 'close'), once(silent, 'close')]);
      assert.equal(await server.stop(), 0);
      assertStoppedByItself(server);
      await closed;
    });

    test('Ctrl-C and a terminal that closes stop it as well', async () => {
      const server = await startServer({ engine });
      process.kill(server.pid, 'SIGINT');
      assert.equal(await server.stop(), 0);
      await server.restart();
      process.kill(server.pid, 'SIGHUP');
      assert.equal(await server.stop(), 0);
    });

    test('accounts, tokens and the audit log are there after a restart', async () => {
      const server = await startServer({ engine });
      const admin = await adminToken(server);
      const alice = await addAccount(server, admin, { groups: ['node:edit:any'] });
      const before = await readAudit(server, admin, {});
      const whoami = () => call(server, 'GET', '/latest/whoami', { token: alice.token });
      const answer = await whoami();
      assert.equal(answer.status, 200);
      await server.restart();
      assert.deepEqual((await whoami()).body, answer.body);
      assert.deepEqual(await readAudit(server, admin, {}), before);
      assert.notEqual(await login(server, alice.username, alice.password), alice.token);
    });
  },
  { ownProcess: true },
);
