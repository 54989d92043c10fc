import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { openPage } from '../helpers/browser.ts';
import { onOneEngine } from '../helpers/engines.ts';
import { uniqueName } from '../helpers/kci-workspace.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { poorContrasts } from './contrast.ts';
import { accept, invite, pageAt, partsOf } from './invites.ts';

const LOOKS: [string, BrowserContextOptions][] = [
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['narrow', { viewport: { width: 320, height: 568 } }],
];

/** Takes the page through what it can show; after each step it is looked at. */
async function walkThrough(page: Page, token: string, look: (state: string) => Promise<void>): Promise<void> {
  const { heading, submit, token: tokenField } = partsOf(page);
  await look('question');
  await submit.click();
  await look('complaint');
  await accept(page);
  await heading(/^Welcome/).waitFor();
  await look('welcome');
  await page.reload();
  await accept(page, `${token}x`);
  await page.locator('#token:focus[aria-invalid=true]').waitFor();
  await look('pasted token');
  await tokenField.fill(token);
  await submit.click();
  await heading(/accepted already/).waitFor();
  await look('accepted already');
}

onOneEngine('looks of the page of an invite', (engine) => {
  let server: TestServer;

  before(async () => {
    server = await startServer({ engine });
  });

  for (const [name, options] of LOOKS) {
    test(`${name}: everything can be read, and nothing sticks out`, async () => {
      const token = await invite(server, uniqueName('averylongusernameofsomebodywhowantedtobeclear'));
      const { page, problems } = await openPage(pageAt(server.url, token), options);
      const states: string[] = [];
      await walkThrough(page, token, async (state) => {
        states.push(state);
        assert.deepEqual(await poorContrasts(page), [], state);
        const [inner, outer] = await page.evaluate<number[]>(
          '[document.documentElement.scrollWidth, innerWidth]',
        );
        assert.equal(inner, outer, `${state}: width`);
      });
      assert.equal(states.length, 5);
      assert.deepEqual(problems, []);
    });
  }

  test('dark is dark, and light is light', async () => {
    const background = async (colorScheme: 'dark' | 'light') => {
      const { page } = await openPage(`${server.url}/user/accept-invite`, { colorScheme });
      const color = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
      return Number(/\d+/.exec(color)?.[0]);
    };
    assert.ok((await background('dark')) < 64);
    assert.ok((await background('light')) > 192);
  });

  for (const host of ['127.0.0.1', 'api.test']) {
    test(`a command can be copied at http://${host}`, async () => {
      const base = server.url.replace('127.0.0.1', host);
      const { page } = await openPage(pageAt(base, await invite(server)));
      await accept(page);
      await partsOf(page)
        .heading(/^Welcome/)
        .waitFor();
      const [command = ''] = await partsOf(page).commands();
      await page.getByRole('button', { name: 'Copy' }).first().click();
      await page.getByRole('status').getByText('Copied').waitFor();
      await page.reload();
      await partsOf(page).token.press('ControlOrMeta+V');
      assert.equal(await partsOf(page).token.inputValue(), command);
    });
  }

  test('a name that a shell would read otherwise is quoted', async () => {
    const username = `-o'brien $(id) ${uniqueName('x')}`;
    const { page } = await openPage(pageAt(server.url, await invite(server, username)));
    await accept(page);
    await partsOf(page).heading(`Welcome, ${username}`).waitFor();
    const [loginCommand = '', , token = ''] = await partsOf(page).commands();
    assert.deepEqual(await wordsOf(loginCommand), ['login', '--api-url', server.url, '--username', username]);
    assert.deepEqual(await wordsOf(token), ['user', 'token', '--api-url', server.url, '--', username]);
  });
});

/** What a shell makes of the words after `kci`. */
async function wordsOf(command: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('sh', ['-c', `kci() { printf '%s\\n' "$@"; }\n${command}`]);
  return stdout.trimEnd().split('\n');
}
