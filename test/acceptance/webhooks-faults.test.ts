import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { addAccount, adminToken, readAudit } from '../helpers/accounts.ts';
import { forEachEngine, onlyOn } from '../helpers/engines.ts';
import { publish } from '../helpers/events.ts';
import { eventually } from '../helpers/eventually.ts';
import { call } from '../helpers/http.ts';
import { readOutbox, waitForOutbox } from '../helpers/outbox.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import {
  accepts,
  addWebhook,
  deliveriesOf,
  type Receiver,
  startReceiver,
  status,
  untilWebhook,
  webhookCall,
  withoutRepeats,
} from '../helpers/webhooks.ts';

const ENV = { KCI_WEBHOOK_ALLOW_PRIVATE: 'on', KCI_WEBHOOK_BACKOFF_SECONDS: '1' };

/** Between two events: a machine that does little else has no trouble to deliver as many. */
const PACE_MS = 10;

/** Publishes the numbers from 0 on, each once it is known that the one before was stored, until told to end. */
function publisher(servers: readonly TestServer[], token: string, channel: string) {
  let ended = false;
  let count = 0;
  const tell = (server: TestServer) =>
    call(server, 'POST', `/latest/publish/${channel}`, { token, json: { data: count } }).then(
      (answer) => answer.status === 200,
      // What was not answered may be stored all the same: it is told again under the same number.
      () => false,
    );
  const run = async () => {
    for (let n = 0; !ended; n += 1) {
      while (!(await tell(servers[n % servers.length] as TestServer))) await delay(20);
      count += 1;
      await delay(PACE_MS);
    }
    return count;
  };
  const running = run();
  return {
    published: () => count,
    end: () => {
      ended = true;
      return running;
    },
  };
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

const reaches = (what: () => number, count: number) =>
  eventually(`${count} are reached`, () => (what() >= count ? true : undefined));

/** Waits until all have come, and answers them. */
const all = (receiver: Receiver, count: number) =>
  eventually(`all ${count} have come`, () => {
    const came = withoutRepeats(receiver.accepted());
    return came.length >= count ? came : undefined;
  });

forEachEngine(
  'webhooks whose deliveries fail',
  (engine) => {
    test('nothing is lost, and all comes in order, when the server is killed', async () => {
      const server = await startServer({ engine, env: ENV });
      const token = await adminToken(server);
      const receiver = await startReceiver(async (_received, response) => {
        await delay(3);
        response.writeHead(200).end();
      });
      await addWebhook(server, token, { url: receiver.url, channel: 'c' });
      const events = publisher([server], token, 'c');
      for (let kills = 1; kills <= 2; kills += 1) {
        await reaches(() => receiver.accepted().length, kills * 30);
        await server.kill9();
        await server.restart();
      }
      await reaches(events.published, 100);
      const count = await events.end();
      assert.deepEqual(await all(receiver, count), numbers(count));
    });

    test('after the last attempt it is disabled, its owner gets a mail, and nothing is lost', async () => {
      const server = await startServer({ engine, env: { ...ENV, KCI_WEBHOOK_RETRY_SECONDS: '3' } });
      const admin = await adminToken(server);
      const ada = await addAccount(server, admin);
      const receiver = await startReceiver(status(500));
      const url = `${receiver.url}?a=<b>&c=d`;
      const { id } = await addWebhook(server, ada.token, { url, channel: 'c' });
      await publish(server, ada.token, 'c', 1);
      await publish(server, ada.token, 'c', 2);
      const disabled = await untilWebhook(
        ...([server, ada.token, id, 'it is disabled'] as const),
        ({ state }) => state === 'disabled',
      );
      assert.equal(disabled.last_error, 'answered 500');
      assert.equal(disabled.next_attempt, null);
      assert.notEqual(disabled.failing_since, null);
      const mail = await waitForOutbox(server, ada.email, /webhook is disabled/);
      assert.match(mail.text, new RegExp(`Hello ${ada.username},`));
      assert.ok(mail.text.includes(`Address:    ${disabled.url}`), mail.text);
      assert.match(mail.text, /Since: {6}\d{4}-\d\d-\d\d \d\d:\d\d UTC/);
      assert.match(mail.text, /Last error: answered 500/);
      assert.match(mail.text, new RegExp(`kci webhook enable ${id}`));
      assert.doesNotMatch(mail.text, /whsec_/);
      const [act] = await readAudit(server, admin, { action: 'webhook.disable' });
      assert.deepEqual([act?.actor, act?.target?.id, act?.after?.error], [null, id, 'answered 500']);
      const attempts = await deliveriesOf(server, ada.token, id);
      assert.ok(attempts.length >= 2, JSON.stringify(attempts));
      assert.deepEqual(
        attempts.map(({ attempt }) => attempt),
        attempts.map((_, index) => index + 1),
      );
      const asked = receiver.received.length;
      receiver.answer = status(200);
      await publish(server, ada.token, 'c', 3);
      const patched = await webhookCall(server, ada.token, 'PATCH', `/${id}`, { active: true });
      assert.deepEqual(
        [patched.body.state, patched.body.failing_since, patched.body.last_error],
        ['active', null, null],
      );
      assert.deepEqual(await accepts(receiver, 3), [1, 2, 3]);
      assert.deepEqual(
        receiver.received.slice(asked).map(({ event }) => event.data),
        [1, 2, 3],
      );
      assert.equal((await readOutbox(server)).filter(({ to }) => to === ada.email).length, 1);
    });

    test('a receiver that is gone for good is not asked again', async () => {
      const server = await startServer({ engine, env: ENV });
      const token = await adminToken(server);
      const receiver = await startReceiver(status(410));
      const { id } = await addWebhook(server, token, { url: receiver.url, channel: 'c' });
      await publish(server, token, 'c', 1);
      const fits = ({ state }: { state: string }) => state === 'disabled';
      const { last_error: error } = await untilWebhook(server, token, id, 'it is disabled', fits);
      assert.equal(error, 'answered 410');
      assert.equal(receiver.received.length, 1);
      await waitForOutbox(server, 'admin@kernelci.org', /webhook is disabled/);
    });

    test('what was removed from the log before it could be delivered is told', async () => {
      const short = { EVENT_HISTORY_TTL_SECONDS: '1', KCI_HOUSEKEEPING_SECONDS: '1' };
      const server = await startServer({ engine, env: { ...ENV, ...short } });
      const token = await adminToken(server);
      const receiver = await startReceiver();
      const { id } = await addWebhook(server, token, { url: receiver.url, channel: 'c' });
      await webhookCall(server, token, 'PATCH', `/${id}`, { active: false });
      for (const data of [1, 2, 3]) await publish(server, token, 'c', data);
      // What a process remembers it still delivers.
      await server.kill9();
      await server.restart();
      await eventually('the events are gone', async () => {
        const { body } = await call<unknown[]>(server, 'GET', '/latest/events');
        return body.length === 0 ? true : undefined;
      });
      await webhookCall(server, token, 'PATCH', `/${id}`, { active: true });
      const told = await untilWebhook(server, token, id, 'it is told', ({ last_error: e }) => e !== null);
      assert.equal(told.last_error, '3 entries of the log were removed before they could be delivered');
      assert.equal(told.failing_since, null);
      await publish(server, token, 'c', 4);
      assert.deepEqual(await accepts(receiver, 1), [4]);
      const { text } = await call(server, 'GET', '/latest/metrics');
      assert.match(text, /^kci_events_lost_total\{reader="webhook"\} 3$/m);
      assert.match(text, /^kci_webhook_requests_total\{outcome="delivered"\} 1$/m);
      const line = server
        .logs()
        .split('\n')
        .find((entry) => entry.includes('events were removed'));
      const { webhook, missed, user } = JSON.parse(line ?? '{}');
      assert.deepEqual({ webhook, missed, user }, { webhook: id, missed: 3, user: 'admin' });
    });
  },
  { ownProcess: true },
);

onlyOn('postgres', 'webhooks of several instances', (engine) => {
  test('one delivers at a time, in order, and another takes over when it is killed', async () => {
    const first = await startServer({ engine, env: ENV });
    const second = await first.startSibling();
    const token = await adminToken(first);
    const receivers = await Promise.all([0, 1, 2].map(() => startReceiver()));
    for (const { url } of receivers) await addWebhook(first, token, { url, channel: 'c' });
    const before = publisher([first, second], token, 'c');
    await reaches(before.published, 300);
    const count = await before.end();
    for (const receiver of receivers) {
      assert.deepEqual(await accepts(receiver, count), numbers(count));
      assert.equal(receiver.mostAtOnce(), 1);
    }
    const events = publisher([second], token, 'd');
    const more = await startReceiver();
    await addWebhook(second, token, { url: more.url, channel: 'd' });
    await reaches(() => more.accepted().length, 20);
    await first.kill9();
    await reaches(events.published, 200);
    const [began] = more.accepted() as number[];
    const end = await events.end();
    assert.ok(began !== undefined);
    const came = await all(more, end - began);
    assert.deepEqual(came, numbers(end).slice(began));
    const last = publisher([second], token, 'c');
    await reaches(last.published, 5);
    const further = await last.end();
    for (const receiver of receivers) {
      assert.deepEqual((await accepts(receiver, count + further)).slice(count), numbers(further));
    }
  });

  test('a change through one is heeded by the other', async () => {
    const first = await startServer({ engine, env: ENV });
    const second = await first.startSibling();
    const token = await adminToken(first);
    const receiver = await startReceiver(status(500));
    const { id } = await addWebhook(first, token, { url: receiver.url, channel: 'c' });
    await publish(first, token, 'c', 1);
    await untilWebhook(second, token, id, 'it fails', ({ failing_since: since }) => since !== null);
    const fixed = await startReceiver();
    await webhookCall(second, token, 'PATCH', `/${id}`, { url: fixed.url, active: true });
    assert.deepEqual(await accepts(fixed, 1), [1]);
    await publish(first, token, 'c', 2);
    assert.deepEqual(await accepts(fixed, 2), [1, 2]);
    assert.equal((await webhookCall(second, token, 'DELETE', `/${id}`)).status, 204);
    const control = await startReceiver();
    await addWebhook(first, token, { url: control.url, channel: 'c' });
    await publish(first, token, 'c', 3);
    await accepts(control, 1);
    assert.deepEqual(fixed.accepted(), [1, 2]);
  });
});
