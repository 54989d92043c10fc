import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import path from 'node:path';
import { describe, test } from 'node:test';
import { makeCertificate } from '../helpers/certificate.ts';
import { cleanUpAfterFile } from '../helpers/cleanup.ts';
import { kciWorkspace } from '../helpers/kci-workspace.ts';
import { collectOutput } from '../helpers/process-output.ts';
import { KCI_BIN } from '../helpers/project.ts';
import { commandEnvironment } from '../helpers/run-command.ts';

const HELLO: RequestListener = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"message": "hello"}');
};

async function portOf(server: Server, host = '127.0.0.1'): Promise<number> {
  server.listen(0, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Starts what is not a KernelCI API. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  cleanUpAfterFile(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${await portOf(server)}`;
}

const page: (status: number) => RequestListener = (status) => (_, response) => {
  response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>Sign in to the hotel network</h1>');
};

/** Runs a command that has to fail in two lines; answers with them. */
async function failure(url: string, args = ['api', 'hello'], stdin = '', env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await kciWorkspace().kci(['--api-url', url, ...args], stdin, { env });
  assert.deepEqual([code, stdout], [1, ''], stderr);
  const [error = '', hint = '', rest] = stderr.split('\n');
  assert.equal(rest, '', stderr);
  return { error, hint };
}

describe('no answer', () => {
  test('nobody listens', async () => {
    const server = createServer();
    const port = await portOf(server);
    await new Promise((resolve) => server.close(resolve));
    const { error, hint } = await failure(`http://127.0.0.1:${port}`);
    assert.equal(error, `Error: no answer: GET http://127.0.0.1:${port}/latest/: connection refused`);
    assert.equal(
      hint,
      `Hint: is the server running, and are host and port right? The address http://127.0.0.1:${port}/ comes from --api-url.`,
    );
  });

  test('the settings that give the address are named', async () => {
    const workspace = kciWorkspace();
    const url = 'http://no-such-host.invalid/';
    workspace.write('kernelci.toml', `[kci.apis.x]\nurl = "${url}"\n`);
    const { code, stderr } = await workspace.kci(['user', 'whoami']);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^Error: no answer: GET http:\/\/no-such-host\.invalid\/latest\/whoami: the host name /,
    );
    assert.ok(stderr.endsWith(`The address ${url} comes from [kci.apis.x] of kernelci.toml.\n`), stderr);
  });

  test('the answer takes too long', async () => {
    const url = await serve(() => undefined);
    const workspace = kciWorkspace();
    workspace.write('kernelci.toml', `[kci.apis.x]\nurl = "${url}"\ntimeout = 1\n`);
    const { code, stderr } = await workspace.kci(['user', 'whoami']);
    assert.equal(code, 1);
    assert.match(stderr, /: no answer within 1 s\nHint: .*set a longer timeout/);
  });

  test('the connection breaks, after which nothing that changes something is repeated', async () => {
    let requests = 0;
    const url = await serve((request) => {
      requests += 1;
      request.socket.destroy();
    });
    const { error, hint } = await failure(url, ['user', 'token', 'alice'], 'password\n');
    assert.match(error, /: the connection was closed before an answer came$/);
    assert.match(
      hint,
      /^Hint: the server or a proxy closed the connection: try again; what was to be changed may/,
    );
    assert.equal(requests, 1);
  });

  test('the certificate is not trusted, or belongs to another host', async () => {
    const certificate = makeCertificate();
    const server = createTlsServer(certificate, HELLO);
    cleanUpAfterFile(() => {
      server.closeAllConnections();
      server.close();
    });
    const port = await portOf(server, '0.0.0.0');
    const { error, hint } = await failure(`https://127.0.0.1:${port}`);
    assert.match(error, /: the certificate is self-signed and not trusted$/);
    assert.match(hint, /NODE_EXTRA_CA_CERTS=\/path\/to\/ca\.pem/);

    const workspace = kciWorkspace();
    const ca = path.join(workspace.cwd, 'ca.pem');
    writeFileSync(ca, certificate.cert);
    const env = { NODE_EXTRA_CA_CERTS: ca };
    const trusted = await workspace.kci(['--api-url', `https://127.0.0.1:${port}`, 'api', 'hello'], '', {
      env,
    });
    assert.deepEqual(trusted, { code: 0, stdout: '{"message": "hello"}\n', stderr: '' });
    const otherHost = await failure(`https://127.0.0.2:${port}`, ['api', 'hello'], '', env);
    assert.match(otherHost.error, /: the certificate is for another host$/);
  });

  test('http and https are mixed up', async () => {
    const url = (await serve(HELLO)).replace('http:', 'https:');
    assert.match(
      (await failure(url)).error,
      /: the server does not speak TLS: is it http instead of https\?$/,
    );
  });

  test('the address makes no sense', async () => {
    for (const url of ['api.example.org', 'ftp://api.example.org', '::', 'http://', 'http://a b/']) {
      const { error, hint } = await failure(url);
      assert.match(error, /^Error: '.*' is not an address that begins with http:\/\/ or https:\/\/$/);
      assert.equal(hint, 'Hint: the address comes from --api-url');
    }
  });
});

describe('an answer from something else', () => {
  test('a web page', async () => {
    const url = await serve(page(200));
    const { error, hint } = await failure(url);
    assert.equal(error, `Error: HTTP 200 for GET ${url}/latest/ answers text/html instead of JSON`);
    assert.match(hint, /^Hint: is this the address of a KernelCI API, without a proxy's page in between\?/);
    assert.match(
      (await failure(url, ['user', 'token', 'x'], 'p\n')).error,
      /answers text\/html instead of JSON$/,
    );
  });

  test('a web page as an error', async () => {
    const missing = await failure(await serve(page(404)));
    assert.match(missing.error, /^Error: HTTP 404 Not Found for GET http.*\/latest\/$/);
    assert.match(missing.hint, /^Hint: is http:\/\/127\.0\.0\.1:\d+\/ the address of a KernelCI API\?$/);
    const busy = await failure(await serve(page(500)), ['user', 'token', 'x'], 'p\n');
    assert.match(busy.error, /^Error: HTTP 500 Internal Server Error for POST http/);
    assert.match(busy.hint, /try again later/);
  });

  test('JSON of another shape, or broken', async () => {
    for (const body of ['{"items": ', '', '{}', '[]', 'null', '7', '{"items": {}}']) {
      const url = await serve((_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' }).end(body);
      });
      assert.match(
        (await failure(url, ['user', 'find'])).error,
        /^Error: HTTP 200 for GET .* answers (broken|what)/,
        body,
      );
      assert.match(
        (await failure(url, ['user', 'token', 'x'], 'p\n')).error,
        /^Error: HTTP 200 for POST/,
        body,
      );
    }
  });

  test('words that would steer the terminal', async () => {
    const url = await serve((_, response) => {
      response
        .writeHead(400, { 'content-type': 'application/json' })
        .end(JSON.stringify({ detail: 'no\x1b[2J\r\nHint: run rm -rf /' }));
    });
    const { code, stderr } = await kciWorkspace().kci(['--api-url', url, 'user', 'whoami']);
    assert.equal(code, 1);
    assert.match(stderr, /: no\ufffd\[2J Hint: run rm -rf \/\n$/);
  });

  test('a redirect: followed for reading, refused for writing', async () => {
    const target = await serve(HELLO);
    const url = await serve((request, response) => {
      response.writeHead(308, { location: `${target}${request.url}` }).end();
    });
    assert.equal(await kciWorkspace().ok(['--api-url', url, 'api', 'hello']), '{"message": "hello"}\n');
    const { error, hint } = await failure(url, ['user', 'token', 'x'], 'p\n');
    assert.match(error, /: the server sends this to http:\/\/127\.0\.0\.1:\d+\/latest\/user\/token$/);
    assert.match(hint, /^Hint: use the address that the server names\./);
  });
});

describe('an older server', () => {
  /** Knows logins, but no registered tokens. */
  const older: RequestListener = (request, response) => {
    const json = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (request.url === '/latest/user/login') json(200, { access_token: 'a.b.c', token_type: 'bearer' });
    else if (request.url === '/latest/whoami')
      json(200, { username: 'alice', is_superuser: true, groups: [] });
    else json(405, { detail: 'Method Not Allowed' });
  };

  test('gives the only kind of token that it has', async () => {
    const url = await serve(older);
    const workspace = kciWorkspace();
    assert.equal(await workspace.ok(['--api-url', url, 'user', 'token', 'alice'], 'p\n'), 'a.b.c\n');
    const { error } = await failure(url, ['user', 'token', 'alice', '--everyday'], 'p\n');
    assert.equal(error, 'Error: this server makes no tokens that are named or limited');
    const saved = await workspace.kci(
      ['--api', 'x', '--api-url', url, 'user', 'token', 'alice', '--save'],
      'p\n',
    );
    assert.match(saved.stderr, /^Token saved: api\.x\.tokens\.admin in/);
  });

  test('can be logged in to, and the token of an admin is not the everyday one', async () => {
    const url = await serve(older);
    const workspace = kciWorkspace();
    await workspace.ok(['login', '--api', 'x', '--api-url', url, '--username', 'alice'], 'p\n');
    assert.match(workspace.read('kernelci.toml'), /\napi\.x\.tokens\.admin = "a\.b\.c"\n$/);
    assert.doesNotMatch(workspace.read('kernelci.toml'), /\napi\.x\.token = /);
  });
});

describe('streams', () => {
  test('a reader that has seen enough ends the command quietly', async () => {
    const items = Array.from({ length: 20_000 }, (_, id) => ({ id, name: 'x'.repeat(50) }));
    const url = await serve((_, response) => {
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ items, total: items.length, limit: items.length, offset: 0 }));
    });
    const child = spawn(
      process.execPath,
      [KCI_BIN, '--api-url', url, 'user', 'group', 'list', '-l', '20000'],
      {
        env: commandEnvironment({}),
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const output = collectOutput(child);
    child.stdout.once('data', () => child.stdout.destroy());
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    assert.deepEqual([code, signal, output.stderr], [1, null, '']);
  });

  test('an interrupt ends it with 130', async () => {
    let asked: () => void = () => undefined;
    const request = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const url = await serve(() => asked());
    const child = spawn(process.execPath, [KCI_BIN, '--api-url', url, 'user', 'whoami'], {
      env: commandEnvironment({}),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = collectOutput(child);
    await request;
    child.kill('SIGINT');
    const [code] = (await once(child, 'close')) as [number | null];
    assert.deepEqual([code, output.stdout, output.stderr], [130, '', '']);
  });
});
