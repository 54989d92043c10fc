import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { forEachEngine } from '../helpers/engines.ts';
import { call } from '../helpers/http.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

// What the page does is tested in a browser: test/browser.
forEachEngine('page of an invite over HTTP', (engine) => {
  let server: TestServer;

  before(async () => {
    server = await startServer({ engine });
  });

  for (const path of ['/user/accept-invite', '/latest/user/accept-invite', '/v0/user/accept-invite']) {
    test(`GET ${path} answers a page that nobody keeps and that loads nothing`, async () => {
      const { status, headers, text } = await call(server, 'GET', `${path}?token=abc`);
      assert.equal(status, 200);
      assert.equal(headers.get('content-type'), 'text/html; charset=utf-8');
      assert.equal(headers.get('cache-control'), 'no-store');
      assert.equal(headers.get('referrer-policy'), 'no-referrer');
      const policy = headers.get('content-security-policy') ?? '';
      assert.match(policy, /^default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+';/);
      assert.doesNotMatch(policy, /unsafe|\*/);
      assert.doesNotMatch(
        text,
        /\{\{|<link rel="stylesheet"|<script[^>]* src|(?:src|href)="(?:https?:)?\/\//,
      );
      assert.doesNotMatch(text, /abc/);
    });
  }

  test('HEAD answers the same without the page', async () => {
    const [got, head] = [
      await call(server, 'GET', '/user/accept-invite'),
      await call(server, 'HEAD', '/user/accept-invite'),
    ];
    assert.equal(head.status, 200);
    assert.equal(head.text, '');
    for (const name of ['content-type', 'content-length', 'cache-control', 'content-security-policy']) {
      assert.equal(head.headers.get(name), got.headers.get(name), name);
    }
  });

  test('a slash at the end leads to the page, with the token', async () => {
    const { status, headers } = await call(server, 'GET', '/latest/user/accept-invite/?token=a.b-c_d');
    assert.equal(status, 307);
    assert.equal(headers.get('location'), `${server.url}/latest/user/accept-invite?token=a.b-c_d`);
  });

  test('no Authorization header keeps anybody from the page', async () => {
    assert.equal((await call(server, 'GET', '/user/accept-invite', { token: 'rubbish' })).status, 200);
  });
});
