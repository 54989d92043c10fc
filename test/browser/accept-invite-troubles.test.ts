import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { openPage } from '../helpers/browser.ts';
import { onOneEngine } from '../helpers/engines.ts';
import { call } from '../helpers/http.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { accept, invite, PASSWORD, pageAt, partsOf } from './invites.ts';

/** Asks with a password that is refused for itself as long as the token is good. */
async function waitUntilExpired(server: TestServer, token: string): Promise<void> {
  const json = { token, password: 'short' };
  while ((await call(server, 'POST', '/user/accept-invite', { json })).status !== 400) await delay(100);
}

onOneEngine(
  'page of an invite, in trouble',
  (engine) => {
    test('an invite that has expired says so', async () => {
      const server = await startServer({ engine, env: { INVITE_TOKEN_EXPIRE_SECONDS: '1' } });
      const token = await invite(server);
      await waitUntilExpired(server, token);
      const { page } = await openPage(pageAt(server.url, token), { locale: 'en-GB', timezoneId: 'UTC' });
      await accept(page);
      await partsOf(page).heading('This invitation has expired').waitFor();
      await page.getByText(new RegExp(`valid until \\d+ \\w+ ${new Date().getUTCFullYear()} at`)).waitFor();
    });

    test('when the server is gone it says so, and sends the same again once it is back', async () => {
      const server = await startServer({ engine });
      const { page } = await openPage(pageAt(server.url, await invite(server)));
      const { alert, submit, heading, password } = partsOf(page);
      await server.stop();
      await accept(page);
      await alert.getByText('The server does not answer. Check your connection').waitFor();
      await server.restart();
      assert.equal(await password.inputValue(), PASSWORD);
      await submit.click();
      await heading(/^Welcome/).waitFor();
      assert.equal(await password.inputValue(), '');
    });

    test('when something else answers it says so', async () => {
      const server = await startServer({ engine });
      const { page } = await openPage(pageAt(server.url, await invite(server)));
      const { alert, submit, heading } = partsOf(page);
      await page.route('**/accept-invite', (route) =>
        route.fulfill({ status: 502, body: '<h1>Bad gateway</h1>' }),
      );
      await accept(page);
      await alert.getByText('it answers 502').waitFor();
      await page.unroute('**/accept-invite');
      await submit.click();
      await heading(/^Welcome/).waitFor();
      assert.equal(await alert.count(), 0);
    });
  },
  { ownProcess: true },
);
