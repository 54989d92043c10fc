import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { adminToken } from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { pop, push } from '../helpers/events.ts';
import { call } from '../helpers/http.ts';
import { uniqueName } from '../helpers/kci-workspace.ts';
import { readValue, untilMetric } from '../helpers/metrics.ts';
import { checkout, createNode } from '../helpers/nodes.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { startSmtpServer } from '../helpers/smtp.ts';

const PAST = '2024-01-02T03:04:05';

async function invite(server: TestServer, token: string): Promise<void> {
  const username = uniqueName('invited');
  const json = { username, email: `${username}@example.org` };
  const { status, text } = await call(server, 'POST', '/latest/user/invite', { token, json });
  assert.equal(status, 200, text);
}

forEachEngine(
  'metrics of what waits',
  (engine) => {
    let server: TestServer;
    let admin: string;

    before(async () => {
      server = await startServer({ engine, env: { KCI_LIFECYCLE: 'off' } });
      admin = await adminToken(server);
    });

    test('items of lists, whatever a list is called', async () => {
      const name = `a "list" \\ ${uniqueName('x')}`;
      const list = encodeURIComponent(name);
      const items = (wanted: number | undefined) =>
        untilMetric(server, 'kci_list_items', { list: name }, wanted);
      await items(undefined);
      for (let n = 0; n < 3; n += 1) await push(server, admin, list, n);
      await items(3);
      await pop(server, admin, list);
      await items(2);
      for (let n = 0; n < 2; n += 1) await pop(server, admin, list);
      await items(undefined);
    });

    test('no more lists than the fifty longest', async () => {
      for (let n = 0; n < 51; n += 1) await push(server, admin, uniqueName('list'), n);
      const longest = uniqueName('list');
      for (let n = 0; n < 2; n += 1) await push(server, admin, longest, n);
      await untilMetric(server, 'kci_list_items', { list: longest }, 2);
      const { text } = await call(server, 'GET', '/metrics');
      assert.equal(text.match(/^kci_list_items\{/gm)?.length, 50);
    });

    test('for how long the most overdue node is late, where nothing changes it', async () => {
      const late = 'kci_lifecycle_late_seconds';
      await untilMetric(server, late, {}, 0);
      await createNode(server, admin, checkout({ timeout: '2094-01-02T03:04:05' }));
      const node = await createNode(server, admin, checkout({ timeout: PAST }));
      const least = (Date.now() - Date.parse(`${PAST}Z`)) / 1000;
      await untilMetric(server, late, {}, (value) => value >= least && value < least + 1000);
      const done = { token: admin, json: { state: 'done', result: 'pass' } };
      assert.equal((await call(server, 'PATCH', `/latest/node/${node.id}`, done)).status, 200);
      await untilMetric(server, late, {}, 0);
    });

    test('mails that the mail server does not take yet, and those it never will', async () => {
      const refusing = await startSmtpServer({ failFirst: { times: 1000, code: 451 } });
      const env = (port: number) => ({
        SMTP_HOST: '127.0.0.1',
        SMTP_PORT: `${port}`,
        EMAIL_SENDER: 'api@example.org',
      });
      const sending = await startServer({ engine, env: env(refusing.port) });
      const token = await adminToken(sending);
      assert.equal(await readValue(sending, 'kci_mails_waiting'), 0);
      assert.equal(await readValue(sending, 'kci_mail_oldest_age_seconds'), 0);
      await invite(sending, token);
      await invite(sending, token);
      await untilMetric(sending, 'kci_mails_waiting', {}, 2);
      await untilMetric(sending, 'kci_mail_oldest_age_seconds', {}, (age) => age > 0);
      assert.equal(await readValue(sending, 'kci_mails_failed'), 0);
      await sending.stop();

      const never = await startSmtpServer({ failFirst: { times: 1, code: 550 } });
      const giving = await startServer({ engine, env: env(never.port) });
      await invite(giving, await adminToken(giving));
      await untilMetric(giving, 'kci_mails_failed', {}, 1);
      await untilMetric(giving, 'kci_mails_waiting', {}, 0);
      await untilMetric(giving, 'kci_mail_oldest_age_seconds', {}, 0);
    });
  },
  { ownProcess: true },
);
