import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { describe, test } from 'node:test';
import { adminToken } from '../helpers/accounts.ts';
import { createDatabase } from '../helpers/databases.ts';
import { call, login } from '../helpers/http.ts';
import { type CommandResult, commandEnvironment, runApi } from '../helpers/run-command.ts';
import { runningServer } from '../helpers/running-server.ts';
import { startServerProcess } from '../helpers/server-process.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

const TOO_MANY_SECONDS = '3153600001';

function assertRefused({ code, stdout, stderr }: CommandResult): void {
  assert.equal(code, 1, stderr);
  assert.equal(stdout, '');
  assert.match(stderr, /^kernelci-api: /);
  assert.doesNotMatch(stderr, /^\s+at /m);
}

const serveWith = (env: Record<string, string>, cwd = makeTempFolder('config')) =>
  runApi(['serve'], { env: { KCI_PORT: '0', ...env }, cwd });

const skip = runningServer() !== undefined && 'needs a server process of its own, KCI_TEST_URL is set';

describe('settings', { skip }, () => {
  for (const wrong of [
    {
      KCI_PORT: 'eighty',
      DATABASE_URL: 'mysql://localhost/db',
      ALGORITHM: 'RS256',
      ACCESS_TOKEN_EXPIRE_SECONDS: '0',
      INVITE_TOKEN_EXPIRE_SECONDS: '-1',
      RESET_TOKEN_EXPIRE_SECONDS: '1.5',
      VERIFY_TOKEN_EXPIRE_SECONDS: 'an hour',
      PUBLIC_BASE_URL: 'api.example.org',
      KCI_INITIAL_ADMIN_EMAIL: 'admin',
      KCI_TRUSTED_PROXIES: 'my-proxy',
      KCI_CORS_ORIGINS: 'console.example.org',
      KCI_SIGNUP: 'yes',
      SMTP_HOST: 'mail.example.org',
      SMTP_PORT: '70000',
      LOG_LEVEL: 'loud',
      KCI_REPLICA_STALENESS_SECONDS: '0',
    },
    {
      KCI_PORT: '65536',
      DATABASE_URL: 'localhost:5432',
      ALGORITHM: 'none',
      ACCESS_TOKEN_EXPIRE_SECONDS: TOO_MANY_SECONDS,
      INVITE_TOKEN_EXPIRE_SECONDS: '1e3',
      RESET_TOKEN_EXPIRE_SECONDS: '0x10',
      VERIFY_TOKEN_EXPIRE_SECONDS: '١',
      PUBLIC_BASE_URL: 'ftp://api.example.org',
      KCI_TRUSTED_PROXIES: 'loopback, 10.0.0.0/33',
      KCI_CORS_ORIGINS: 'https://console.example.org/',
      SMTP_PORT: '25,26',
      LOG_LEVEL: 'INFO',
      DATABASE_REPLICA_URLS: 'postgres://replica/db, localhost:5432',
      KCI_REPLICA_STALENESS_SECONDS: '0.5',
    },
    {
      KCI_PORT: '-1',
      DATABASE_URL: 'http://localhost/db',
      ALGORITHM: 'hs256',
      PUBLIC_BASE_URL: 'https://',
      KCI_TRUSTED_PROXIES: '10.0.0.1/a ::1/129',
      KCI_CORS_ORIGINS: 'https://console.example.org, null',
    },
  ]) {
    test(`${Object.values(wrong).slice(0, 3).join(', ')} …: every wrong value is named in one go`, async () => {
      const result = await serveWith(wrong);
      assertRefused(result);
      const complaints = result.stderr.split('\n').slice(1, -1);
      const named = new Set(complaints.map((line) => /^ {2}(\w+): ./.exec(line)?.[1]));
      const expected = Object.keys(wrong).map((name) => (name === 'SMTP_HOST' ? 'EMAIL_SENDER' : name));
      assert.deepEqual([...named].sort(), expected.sort());
    });
  }

  test('secrets are not repeated in complaints', async () => {
    const result = await serveWith({ DATABASE_URL: 'mysql://user:sesame@localhost/db', KCI_PORT: 'x' });
    assertRefused(result);
    assert.doesNotMatch(result.stderr, /sesame/);
  });

  test('replicas of what has none, and such as are none', async () => {
    const replica = 'postgres://user:sesame@replica/db';
    for (const env of [
      { DATABASE_REPLICA_URLS: replica },
      { DATABASE_REPLICA_URLS: replica, DATABASE_URL: 'sqlite:./x.db' },
      { DATABASE_REPLICA_URLS: `${replica} mysql://user:sesame@replica/db`, DATABASE_URL: replica },
      { DATABASE_REPLICA_URLS: 'postgres://user:sesame@replica:port/db', DATABASE_URL: replica },
    ]) {
      const result = await serveWith(env);
      assertRefused(result);
      assert.match(result.stderr, /^ {2}DATABASE_REPLICA_URLS: ./m);
      assert.equal(result.stderr.split('\n').length, 3, result.stderr);
      assert.doesNotMatch(result.stderr, /sesame/);
    }
  });

  test('a host that is not of this machine', async () => {
    for (const host of ['192.0.2.1', 'no-such-host.invalid']) {
      const result = await serveWith({ KCI_HOST: host });
      assertRefused(result);
      assert.match(result.stderr, /KCI_HOST/);
      assert.ok(result.stderr.includes(host));
    }
  });

  test('a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const result = await serveWith({ KCI_PORT: String(port) });
    other.close();
    assertRefused(result);
    assert.match(result.stderr, new RegExp(`port ${port}\\b.*KCI_PORT`));
  });

  test('a data folder that cannot be one', async () => {
    const file = path.join(makeTempFolder('config'), 'file');
    writeFileSync(file, '');
    for (const folder of [file, path.join(file, 'below')]) {
      const result = await serveWith({ KCI_DATA_DIR: folder });
      assertRefused(result);
      assert.match(result.stderr, /KCI_DATA_DIR/);
    }
  });

  test('a secret key that somebody emptied', async () => {
    const folder = makeTempFolder('config');
    writeFileSync(path.join(folder, 'secret_key'), '\n');
    const result = await serveWith({ KCI_DATA_DIR: folder });
    assertRefused(result);
    assert.match(result.stderr, /secret_key.*SECRET_KEY/);
  });

  test('a database that is not there, or is none', async () => {
    const missing = new URL((await createDatabase()).url);
    missing.pathname = '/no_such_database';
    const folder = makeTempFolder('config');
    writeFileSync(path.join(folder, 'text.db'), 'this is no database, whatever its name says');
    for (const [url, reason] of [
      ['postgres://user:sesame@127.0.0.1:1/db', /DATABASE_URL.*127\.0\.0\.1:1/],
      ['postgres://user:sesame@no-such-host.invalid/db', /DATABASE_URL.*no-such-host\.invalid/],
      ['postgres://user:sesame@127.0.0.1:99999/db', /DATABASE_URL/],
      [missing.href, /DATABASE_URL.*no_such_database/],
      [`sqlite:${folder}/text.db`, /text\.db.*not a database/],
      [`sqlite:${folder}/missing/x.db`, /missing\/x\.db/],
    ] as const) {
      const result = await serveWith({ DATABASE_URL: url });
      assertRefused(result);
      assert.match(result.stderr, reason);
      assert.doesNotMatch(result.stderr, /sesame/);
    }
  });

  test('a command that does not exist is a usage error', async () => {
    const unknown = await runApi(['nonsense']);
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /nonsense/);
    const option = await runApi(['serve', '--nonsense']);
    assert.equal(option.code, 2);
    for (const [args, shown] of [
      [['--help'], /serve/],
      [['--version'], /^\d+\.\d+\.\d+/],
    ] as const) {
      const { code, stdout } = await runApi([...args]);
      assert.equal(code, 0);
      assert.match(stdout, shown);
    }
  });

  test('a file .env in the working folder is read, the environment beats it, and empty is unset', async () => {
    const cwd = makeTempFolder('config');
    writeFileSync(
      path.join(cwd, '.env'),
      [
        '# settings',
        'KCI_PORT=0',
        'KCI_DATA_DIR=./elsewhere',
        'KCI_INITIAL_PASSWORD="  with blanks at its ends  "',
        'KCI_INITIAL_ADMIN_USERNAME=from-the-file',
        "PUBLIC_BASE_URL='https://api.example.org/'",
        'KCI_SIGNUP=nonsense',
        'LOG_LEVEL=',
      ].join('\n'),
    );
    const env = commandEnvironment({
      env: { KCI_INITIAL_ADMIN_USERNAME: 'from-the-environment', KCI_SIGNUP: 'off', KCI_HOST: '' },
    });
    const server = await startServerProcess(env, cwd);
    assert.match(server.output.stdout, /"from-the-environment"/);
    assert.ok(statSync(path.join(cwd, 'elsewhere/kernelci.db')).isFile());
    const token = await login(server, 'from-the-environment', '  with blanks at its ends  ');
    const urls = await call(server, 'GET', '/latest/user/invite/url', { token });
    assert.deepEqual(urls.body, {
      public_base_url: 'https://api.example.org',
      accept_invite_url: 'https://api.example.org/user/accept-invite',
    });
    server.child.kill('SIGTERM');
    assert.equal(await server.exited, 0);
  });

  test('by default it listens on loopback, and keeps its data in ./data for its user alone', async () => {
    const cwd = makeTempFolder('config');
    const server = await startServerProcess(commandEnvironment({ env: { KCI_PORT: '0' } }), cwd);
    assert.match(server.url, /^http:\/\/127\.0\.0\.1:\d+$/);
    const mode = (name: string) => statSync(path.join(cwd, name)).mode & 0o777;
    assert.equal(mode('data'), 0o700);
    assert.equal(mode('data/secret_key'), 0o600);
    server.child.kill('SIGTERM');
    assert.equal(await server.exited, 0);
  });

  test('lifetimes, algorithm and the name of the first admin are as set', async () => {
    const cwd = makeTempFolder('config');
    mkdirSync(path.join(cwd, 'data'));
    const admin = { username: 'root of all', password: 'root-password' };
    const env = {
      KCI_PORT: '0',
      KCI_INITIAL_ADMIN_USERNAME: admin.username,
      KCI_INITIAL_ADMIN_EMAIL: 'root@example.org',
      KCI_INITIAL_PASSWORD: admin.password,
      ACCESS_TOKEN_EXPIRE_SECONDS: '1234',
      ALGORITHM: 'HS512',
    };
    const server = await startServerProcess(commandEnvironment({ env }), cwd);
    const token = await adminToken({ url: server.url, admin });
    const [header, claims] = token
      .split('.')
      .slice(0, 2)
      .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));
    assert.equal(header.alg, 'HS512');
    assert.equal(claims.exp - claims.iat, 1234);
    const { body } = await call<Record<string, unknown>>(server, 'GET', '/latest/whoami', { token });
    const { username, email, is_superuser, is_verified, groups } = body;
    assert.deepEqual(
      [username, email, is_superuser, is_verified],
      ['root of all', 'root@example.org', true, true],
    );
    assert.deepEqual(
      (groups as { name: string }[]).map(({ name }) => name),
      ['admin'],
    );
    server.child.kill('SIGTERM');
    assert.equal(await server.exited, 0);
  });
});
