import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { openPage } from '../helpers/browser.ts';
import { onOneEngine } from '../helpers/engines.ts';
import { login } from '../helpers/http.ts';
import { kciWorkspace, uniqueName } from '../helpers/kci-workspace.ts';
import { startPrefixProxy } from '../helpers/prefix-proxy.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { accept, describedBy, invite, PASSWORD, pageAt, partsOf } from './invites.ts';

onOneEngine('page of an invite', (engine) => {
  let server: TestServer;

  before(async () => {
    server = await startServer({ engine });
  });

  for (const prefix of ['', '/latest', '/v0']) {
    test(`the link below ${prefix || '/'} opens the account, and kci works as the page says`, async () => {
      const username = uniqueName('ada');
      const { page, problems } = await openPage(pageAt(server.url + prefix, await invite(server, username)));
      const sent = page.waitForRequest((request) => request.method() === 'POST');
      await accept(page);
      assert.equal((await sent).url(), `${server.url}${prefix}/user/accept-invite`);
      const { heading, commands } = partsOf(page);
      await heading(`Welcome, ${username}`).waitFor();
      const [loginCommand, whoami, token] = (await commands()).map((text) => text.split(' '));
      assert.deepEqual(loginCommand, ['kci', 'login', '--api-url', server.url, '--username', username]);
      assert.deepEqual(token, ['kci', 'user', 'token', '--api-url', server.url, username]);
      const { ok, json } = kciWorkspace();
      await ok(loginCommand.slice(1), `${PASSWORD}\n`);
      assert.equal((await json<{ username: string }>(whoami?.slice(1) ?? [])).username, username);
      assert.match(await ok(token.slice(1), `${PASSWORD}\n`), /^eyJ/);
      assert.deepEqual(problems, []);
    });
  }

  test('the keyboard alone will do', async () => {
    const username = uniqueName('ada');
    const { page } = await openPage(pageAt(server.url, await invite(server, username)));
    const { keyboard } = page;
    await keyboard.press('Tab');
    await keyboard.type(PASSWORD);
    await keyboard.press('Tab');
    await keyboard.type(PASSWORD);
    await keyboard.press('Tab');
    await keyboard.press('Space');
    assert.equal(await partsOf(page).again.getAttribute('type'), 'text');
    await keyboard.press('Tab');
    await keyboard.press('Enter');
    await page.locator('h1:focus', { hasText: `Welcome, ${username}` }).waitFor();
    await keyboard.press('Tab');
    await keyboard.press('Enter');
    await page.getByRole('status').getByText('Copied').waitFor();
    await login(server, username, PASSWORD);
  });

  test('the token leaves the address and the history', async () => {
    const { page } = await openPage(`${server.url}/health`);
    await page.goto(pageAt(server.url, await invite(server)));
    assert.equal(page.url(), `${server.url}/user/accept-invite`);
    await page.goBack();
    await page.goForward();
    assert.equal(page.url(), `${server.url}/user/accept-invite`);
    await partsOf(page).token.waitFor();
  });

  test('a mistake is told at its field, and nothing is sent before it is mended', async () => {
    const { page } = await openPage(pageAt(server.url, await invite(server)));
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.method()));
    const { password, again, submit, heading } = partsOf(page);
    await password.fill('🐧🐧🐧🐧🐧🐧');
    await submit.click();
    await page.locator('#password:focus[aria-invalid=true]').waitFor();
    assert.equal(
      await describedBy(password),
      'At least 7 characters. The password is too short: it needs at least 7 characters.',
    );
    await password.fill('🐧🐧🐧🐧🐧🐧🐧');
    assert.equal(await describedBy(password), 'At least 7 characters.');
    await submit.click();
    await page.locator('#again:focus[aria-invalid=true]').waitFor();
    assert.equal(await describedBy(again), 'This is not the same as the password above.');
    assert.deepEqual(requests, []);
    await again.fill('🐧🐧🐧🐧🐧🐧🐧');
    await again.press('Enter');
    await heading(/^Welcome/).waitFor();
  });

  test('what the server has against a password is told at its field', async () => {
    const { page } = await openPage(pageAt(server.url, await invite(server)));
    await accept(page, undefined, 'x'.repeat(5000));
    await page.locator('#password:focus[aria-invalid=true]').waitFor();
    assert.match(await describedBy(partsOf(page).password), /at most 4096 characters/);
  });

  test('an invite that was accepted says so, and how to go on', async () => {
    const token = await invite(server);
    const first = await openPage(pageAt(server.url, token));
    const second = await openPage(pageAt(server.url, token));
    await accept(first.page);
    await partsOf(first.page)
      .heading(/^Welcome/)
      .waitFor();
    await accept(second.page);
    await partsOf(second.page).heading('This invitation was accepted already').waitFor();
    assert.deepEqual(await partsOf(second.page).commands(), [
      `kci login --api-url ${server.url}`,
      `kci user password reset --api-url ${server.url} name@example.org`,
    ]);
  });

  test('after a link that lost its end, the whole one can be pasted', async () => {
    const token = await invite(server);
    const { page } = await openPage(pageAt(server.url, token.slice(0, -20)));
    await accept(page);
    await page.locator('#token:focus[aria-invalid=true]').waitFor();
    assert.match(await describedBy(partsOf(page).token), /is not valid\. Check that the link is complete/);
    await accept(page, pageAt(server.url, token));
    await partsOf(page)
      .heading(/^Welcome/)
      .waitFor();
  });

  test('without a token it asks for one, and takes it as mail programs break it', async () => {
    const token = await invite(server);
    const { page } = await openPage(`${server.url}/user/accept-invite`);
    await accept(page, '');
    assert.match(await describedBy(partsOf(page).token), /is missing/);
    await accept(page, ` ${token.slice(0, 70)} ${token.slice(70)} `);
    await partsOf(page)
      .heading(/^Welcome/)
      .waitFor();
  });

  test('below a path of a proxy the page sends to where it came from', async () => {
    const base = await startPrefixProxy(server, '/kernelci');
    const { page, problems } = await openPage(pageAt(`${base}/latest`, await invite(server)));
    await accept(page);
    await partsOf(page)
      .heading(/^Welcome/)
      .waitFor();
    const [loginCommand] = await partsOf(page).commands();
    assert.ok(loginCommand?.startsWith(`kci login --api-url ${base} `), loginCommand);
    const reference = page.getByRole('link', { name: 'reference of the API' });
    await reference.click();
    await page.getByRole('heading', { name: /KernelCI API/ }).waitFor();
    assert.deepEqual(problems, []);
  });
});
