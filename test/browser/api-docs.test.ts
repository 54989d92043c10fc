import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { openPage } from '../helpers/browser.ts';
import { onOneEngine } from '../helpers/engines.ts';
import { login } from '../helpers/http.ts';
import { startPrefixProxy } from '../helpers/prefix-proxy.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const operation = (page: Page, id: string) => page.locator(`#operations-${id}`);

/** Opens the operation and sends it; answers where it went and what came back. */
async function tryOut(page: Page, id: string): Promise<{ url: string; status: number; body: string }> {
  await operation(page, id).locator('.opblock-summary-control').click();
  const arrived = page.waitForResponse((response) => response.request().resourceType() === 'fetch');
  await operation(page, id).getByRole('button', { name: 'Execute' }).click();
  const response = await arrived;
  const body = operation(page, id).locator('.live-responses-table .response-col_description pre').first();
  return { url: response.url(), status: response.status(), body: (await body.textContent()) ?? '' };
}

onOneEngine('API reference', (engine) => {
  let server: TestServer;

  before(async () => {
    server = await startServer({ engine });
  });

  for (const [path, below] of [
    ['/docs', '/latest'],
    ['/v0/docs', '/v0'],
  ] as const) {
    test(`${path} is whole, and what is tried out goes to ${below}`, async () => {
      const { page, problems } = await openPage(server.url + path);
      await operation(page, 'service-get_health').waitFor();
      assert.equal(await page.title(), 'KernelCI API');
      const { url, status, body } = await tryOut(page, 'service-get_health');
      assert.deepEqual([url, status], [`${server.url}${below}/health`, 200]);
      assert.match(body, /"ok"/);
      assert.deepEqual(problems, []);
    });
  }

  for (const [path, below] of [
    ['/docs/', '/latest'],
    ['/latest/docs', '/latest'],
    ['/latest/docs/', '/latest'],
  ] as const) {
    test(`${path} is whole below a path of a proxy`, async () => {
      const base = await startPrefixProxy(server, '/kernelci');
      const { page, problems } = await openPage(base + path);
      await operation(page, 'service-get_health').waitFor();
      const { url, status } = await tryOut(page, 'service-get_health');
      assert.deepEqual([url, status], [`${base}${below}/health`, 200]);
      assert.deepEqual(problems, []);
    });
  }

  test('a token that is given to it is sent', async () => {
    const { page, problems } = await openPage(`${server.url}/docs`);
    await page.getByRole('button', { name: 'Authorize' }).first().click();
    const dialog = page.locator('.dialog-ux');
    await dialog.getByRole('textbox').fill(await login(server, server.admin.username, server.admin.password));
    await dialog.getByRole('button', { name: 'Apply credentials' }).click();
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    const { status, body } = await tryOut(page, 'session-get_whoami');
    assert.equal(status, 200);
    assert.match(body, new RegExp(`"username": "${server.admin.username}"`));
    assert.deepEqual(problems, []);
  });

  const looks: [string, BrowserContextOptions, boolean][] = [
    ['dark', { colorScheme: 'dark' }, true],
    ['light', { colorScheme: 'light' }, false],
    ['a narrow screen', { viewport: { width: 360, height: 640 }, isMobile: true }, false],
  ];
  for (const [name, options, dark] of looks) {
    test(`it suits ${name}`, async () => {
      const { page } = await openPage(`${server.url}/docs`, options);
      await operation(page, 'service-get_health').waitFor();
      const [width, isDark] = await page.evaluate<[number, boolean]>(
        '[document.documentElement.scrollWidth, document.documentElement.classList.contains("dark-mode")]',
      );
      assert.deepEqual([width, isDark], [options.viewport?.width ?? 1280, dark]);
    });
  }
});
