import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Account, addAccount, adminToken, type Page } from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { publish } from '../helpers/events.ts';
import { eventually } from '../helpers/eventually.ts';
import { call } from '../helpers/http.ts';
import { checkout, createNode } from '../helpers/nodes.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import {
  accepts,
  addWebhook,
  deliveriesOf,
  getWebhook,
  isSigned,
  type Outcome,
  startReceiver,
  status,
  untilWebhook,
  type Webhook,
  webhookCall,
} from '../helpers/webhooks.ts';

const ENV = { KCI_WEBHOOK_ALLOW_PRIVATE: 'on', KCI_WEBHOOK_BACKOFF_SECONDS: '1' };
const ID = /^[0-9a-f]{24}$/;

forEachEngine(
  'webhooks',
  (engine) => {
    let server: TestServer;
    let admin: string;
    let ada: Account;
    let channels = 0;

    before(async () => {
      server = await startServer({ engine, env: ENV });
      admin = await adminToken(server);
      ada = await addAccount(server, admin);
    });

    const newChannel = () => {
      channels += 1;
      return `channel-${channels}`;
    };
    const tell = (channel: string, data: unknown) => publish(server, ada.token, channel, data);
    const tellAll = async (channel: string, data: readonly unknown[]) => {
      for (const item of data) await tell(channel, item);
    };

    test('an event comes as a signed CloudEvent', async () => {
      const receiver = await startReceiver();
      const channel = newChannel();
      const webhook = await addWebhook(server, ada.token, {
        ...{ url: `${receiver.url}?key=1`, channel, description: 'for the dashboard' },
      });
      const { id, secret, created, position, ...rest } = webhook;
      assert.match(id, ID);
      assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
      assert.match(created, /^\d{4}-\d\d-\d\dT/);
      assert.deepEqual(rest, {
        url: `${receiver.url}?key=1`,
        channel,
        filter: {},
        description: 'for the dashboard',
        state: 'active',
        owner: ada.username,
        failing_since: null,
        next_attempt: null,
        last_error: null,
      });
      await tell(channel, { text: 'ärger ✓', n: 1 });
      await accepts(receiver, 1);
      const [received] = receiver.received;
      assert.ok(received);
      assert.equal(received.method, 'POST');
      assert.equal(received.path, '/hook?key=1');
      assert.equal(received.headers['content-type'], 'application/cloudevents+json');
      assert.match(received.headers['user-agent'] ?? '', /^KernelCI-API\//);
      assert.equal(received.headers['webhook-id'], received.event.id);
      assert.ok(Math.abs(Number(received.headers['webhook-timestamp']) - Date.now() / 1000) < 300);
      assert.equal(isSigned(received, secret), true);
      assert.equal(isSigned(received, `whsec_${Buffer.alloc(32).toString('base64')}`), false);
      assert.deepEqual(received.event.data, { text: 'ärger ✓', n: 1 });
      assert.equal(received.event.specversion, '1.0');
      assert.equal(received.event.owner, ada.username);
      const sequenceId = Number(received.event._sequence_id);
      assert.ok(sequenceId > position);
      await untilWebhook(server, ada.token, id, 'its position moves', (now) => now.position === sequenceId);
      const [delivery, ...others] = await deliveriesOf(server, ada.token, id);
      assert.deepEqual(others, []);
      assert.match(delivery?.event_id ?? '', ID);
      assert.ok(Number(delivery?.ms) >= 0);
      assert.deepEqual(
        { ...delivery, event_id: '', time: '', ms: 0 },
        {
          ...{ sequence_id: sequenceId, event_id: '', time: '', attempt: 1, ms: 0 },
          ...{ outcome: 'delivered', response_status: 204, error: null },
        },
      );
    });

    test('only what the filter is for comes, and the position moves past the rest', async () => {
      const receiver = await startReceiver();
      const channel = newChannel();
      const filter = { state: 'done', 'data.attempts__gt': 2, 'data.flaky': false };
      const webhook = await addWebhook(server, ada.token, { url: receiver.url, channel, filter });
      assert.deepEqual(webhook.filter, { state: 'done', 'data.attempts__gt': '2', 'data.flaky': 'false' });
      await tellAll(channel, [
        { n: 1, state: 'done', data: { attempts: 3, flaky: false } },
        { n: 2, state: 'running', data: { attempts: 3, flaky: false } },
        { n: 3, state: 'done', data: { attempts: 2, flaky: false } },
        { n: 4, state: 'done', data: { attempts: 4, flaky: true } },
      ]);
      await tell(newChannel(), { n: 5, state: 'done', data: { attempts: 4, flaky: false } });
      await tell(channel, { n: 6, state: 'done', data: { attempts: 4, flaky: false } });
      const came = (await accepts(receiver, 2)) as { n: number }[];
      assert.deepEqual(
        came.map(({ n }) => n),
        [1, 6],
      );
      await tellAll(channel, [0, 0, 0]);
      const sent = Number(receiver.received.at(-1)?.event._sequence_id);
      await untilWebhook(
        server,
        ada.token,
        webhook.id,
        'it moves on',
        ({ position }) => position >= sent + 3,
      );
      assert.equal((await deliveriesOf(server, ada.token, webhook.id)).length, 2);
    });

    test('every node of a hierarchy comes', async () => {
      const receiver = await startReceiver();
      const root = await createNode(server, ada.token, checkout());
      const webhook = await addWebhook(server, ada.token, { url: receiver.url, channel: 'node' });
      const child = (name: string) => ({ node: { kind: 'test', name, path: [name] }, child_nodes: [] });
      const json = { node: { ...checkout(), state: 'available' }, child_nodes: [child('a'), child('b')] };
      const answer = await call(server, 'PUT', `/latest/nodes/${root.id}`, { token: ada.token, json });
      assert.equal(answer.status, 200, answer.text);
      const came = (await accepts(receiver, 3)) as { name: string }[];
      assert.deepEqual(came.map(({ name }) => name).sort(), ['a', 'b', 'checkout']);
      await webhookCall(server, ada.token, 'DELETE', `/${webhook.id}`);
    });

    test('what fails is tried again, and what follows waits for it', async () => {
      const receiver = await startReceiver();
      const channel = newChannel();
      const webhook = await addWebhook(server, ada.token, { url: receiver.url, channel });
      let refused = 0;
      receiver.answer = ({ event }, response) => {
        const refuse = event.data === 3 && refused < 2;
        if (refuse) refused += 1;
        response.writeHead(refuse ? 500 : 200).end('some text');
      };
      await tellAll(channel, [1, 2, 3, 4, 5]);
      const failing = await untilWebhook(
        ...([server, ada.token, webhook.id, 'it fails'] as const),
        ({ failing_since: since }) => since !== null,
      );
      assert.equal(failing.last_error, 'answered 500');
      assert.ok(String(failing.next_attempt) > String(failing.failing_since));
      assert.equal(failing.state, 'active');
      assert.deepEqual(await accepts(receiver, 5), [1, 2, 3, 4, 5]);
      assert.deepEqual(
        receiver.received.map(({ event }) => event.data),
        [1, 2, 3, 3, 3, 4, 5],
      );
      const [, , first, second, third] = receiver.received;
      assert.equal(first?.event.id, third?.event.id);
      assert.equal(first?.headers['webhook-id'], second?.headers['webhook-id']);
      const healthy = await untilWebhook(
        ...([server, ada.token, webhook.id, 'all is recorded'] as const),
        ({ failing_since: since, position }) =>
          since === null && position === receiver.received.at(-1)?.event._sequence_id,
      );
      assert.equal(healthy.next_attempt, null);
      const deliveries = await deliveriesOf(server, ada.token, webhook.id);
      assert.deepEqual(
        deliveries.map(({ attempt, outcome, response_status: code, error }) => [
          attempt,
          outcome,
          code,
          error,
        ]),
        [
          [1, 'delivered', 200, null],
          [1, 'delivered', 200, null],
          [1, 'failed', 500, 'answered 500'],
          [2, 'failed', 500, 'answered 500'],
          [3, 'delivered', 200, null],
          [1, 'delivered', 200, null],
          [1, 'delivered', 200, null],
        ],
      );
    });

    test('a receiver that was down gets all that happened meanwhile, at once when it is asked for', async () => {
      const gone = await startReceiver();
      await gone.stop();
      const port = Number(new URL(gone.url).port);
      const channel = newChannel();
      const { id } = await addWebhook(server, ada.token, { url: gone.url, channel });
      await tellAll(channel, [1, 2, 3]);
      const failing = await untilWebhook(
        ...([server, ada.token, id, 'it waits for a while'] as const),
        ({ next_attempt: next, failing_since: since }) =>
          since !== null && Date.parse(`${next}Z`) - Date.parse(`${since}Z`) > 5000,
      );
      assert.match(String(failing.last_error), /ECONNREFUSED/);
      const back = await startReceiver(status(200), port);
      const patched = await webhookCall(server, ada.token, 'PATCH', `/${id}`, { active: true });
      assert.equal(patched.status, 200);
      assert.equal(patched.body.failing_since, null);
      assert.equal(patched.body.next_attempt, null);
      assert.deepEqual(await accepts(back, 3), [1, 2, 3]);
    });

    test('a receiver that does not answer holds up nobody else', async () => {
      const quick = await startReceiver();
      const channel = newChannel();
      await addWebhook(server, ada.token, { url: quick.url, channel });
      await tell(channel, 'hello');
      await accepts(quick, 1);
      const silent = await startReceiver(() => undefined);
      const lame = await Promise.all(
        Array.from({ length: 25 }, () => addWebhook(server, ada.token, { url: silent.url, channel })),
      );
      await tell(channel, 0);
      await eventually('the silent ones are asked', () => (silent.received.length >= 4 ? true : undefined));
      await tellAll(channel, [1, 2, 3]);
      assert.deepEqual(await accepts(quick, 5), ['hello', 0, 1, 2, 3]);
      assert.deepEqual(silent.accepted(), []);
      for (const { id } of lame) await webhookCall(server, ada.token, 'DELETE', `/${id}`);
    });

    test('a request that a stop breaks off is made again', async () => {
      const own = await startServer({ engine, env: ENV });
      const token = await adminToken(own);
      const receiver = await startReceiver(() => undefined);
      await addWebhook(own, token, { url: receiver.url, channel: 'c' });
      await publish(own, token, 'c', 'again');
      await eventually('it is asked', () => (receiver.received.length > 0 ? true : undefined));
      assert.equal(await own.stop(), 0);
      receiver.answer = status(200);
      await own.restart();
      assert.deepEqual(await accepts(receiver, 1), ['again']);
    });

    test('a test says what became of it, and is no event of the log', async () => {
      const receiver = await startReceiver();
      const { id, secret } = await addWebhook(server, ada.token, {
        url: receiver.url,
        channel: newChannel(),
      });
      const sent = await webhookCall<Outcome>(server, ada.token, 'POST', `/${id}/test`);
      assert.equal(sent.status, 200);
      assert.deepEqual(
        { ...sent.body, ms: 0 },
        { outcome: 'delivered', response_status: 204, error: null, ms: 0 },
      );
      const [received] = receiver.received;
      assert.ok(received);
      assert.equal(isSigned(received, secret), true);
      assert.deepEqual(received.event.data, { webhook: id, test: true });
      assert.equal(received.event.type, 'api.kernelci.org.test');
      receiver.answer = status(503);
      const refused = await webhookCall<Outcome>(server, ada.token, 'POST', `/${id}/test`);
      assert.deepEqual(
        { ...refused.body, ms: 0 },
        { outcome: 'failed', response_status: 503, error: 'answered 503', ms: 0 },
      );
      assert.deepEqual(await deliveriesOf(server, ada.token, id), []);
      assert.equal((await getWebhook(server, ada.token, id)).failing_since, null);
    });

    test('a user cannot have many tests under way at once', async () => {
      const receiver = await startReceiver(() => undefined);
      const { id } = await addWebhook(server, ada.token, { url: receiver.url, channel: newChannel() });
      const test = () => webhookCall<Outcome>(server, ada.token, 'POST', `/${id}/test`);
      const waiting = Array.from({ length: 5 }, test);
      await eventually('five are under way', () => (receiver.received.length === 5 ? true : undefined));
      const refused = await test();
      assert.equal(refused.status, 429);
      assert.equal(refused.headers.get('retry-after'), '5');
      await receiver.stop();
      for (const answer of await Promise.all(waiting)) assert.equal(answer.body.outcome, 'failed');
      assert.equal((await test()).body.outcome, 'failed');
    });

    test('an event is replayed out of turn, or all from a position on', async () => {
      const receiver = await startReceiver();
      const channel = newChannel();
      const { id, position } = await addWebhook(server, ada.token, { url: receiver.url, channel });
      await tellAll(channel, [1, 2, 3]);
      await accepts(receiver, 3);
      const second = Number(receiver.received[1]?.event._sequence_id);
      const replay = (json: unknown) =>
        webhookCall<Outcome & Webhook>(server, ada.token, 'POST', `/${id}/replay`, json);
      const once = await replay({ sequence_id: second });
      assert.equal(once.status, 200, once.text);
      assert.equal(once.body.outcome, 'delivered');
      assert.deepEqual(await accepts(receiver, 4), [1, 2, 3, 2]);
      assert.equal(receiver.received[3]?.headers['webhook-id'], receiver.received[1]?.headers['webhook-id']);
      const back = await replay({ after: position });
      assert.equal(back.status, 200, back.text);
      assert.equal(back.body.position, position);
      assert.equal(back.body.id, id);
      assert.deepEqual((await accepts(receiver, 7)).slice(4), [1, 2, 3]);
      const refusals: [unknown, number, RegExp][] = [
        [{}, 400, /either sequence_id or after/],
        [{ after: 1, sequence_id: 1 }, 400, /either sequence_id or after/],
        [{ sequence_id: 1e9 }, 404, /no event 1000000000/],
        [{ sequence_id: 0 }, 404, /no event 0/],
        [{ after: 1e9 }, 400, /the log reaches from 0 to \d+/],
        [{ after: -1 }, 422, /at least 0/],
        [{ after: 'x' }, 422, /whole number/],
      ];
      for (const [json, code, text] of refusals) {
        const refused = await replay(json);
        assert.equal(refused.status, code, JSON.stringify(json));
        assert.match(refused.text, text);
      }
    });

    test('a new filter is for what comes, and what the old one left out stays left out', async () => {
      const receiver = await startReceiver();
      const channel = newChannel();
      const body = { url: receiver.url, channel, filter: { state: 'done' } };
      const { id } = await addWebhook(server, ada.token, body);
      await tellAll(channel, [
        { n: 1, state: 'done' },
        { n: 2, state: 'running' },
      ]);
      await accepts(receiver, 1);
      const first = Number(receiver.received[0]?.event._sequence_id);
      await untilWebhook(server, ada.token, id, 'it is recorded', ({ position }) => position >= first);
      const patched = await webhookCall(server, ada.token, 'PATCH', `/${id}`, {
        filter: { state: 'running' },
      });
      assert.deepEqual(patched.body.filter, { state: 'running' });
      await tellAll(channel, [
        { n: 3, state: 'done' },
        { n: 4, state: 'running' },
      ]);
      const came = (await accepts(receiver, 2)) as { n: number }[];
      assert.deepEqual(
        came.map(({ n }) => n),
        [1, 4],
      );
    });

    test('one that its owner ends rests, and goes on where it was', async () => {
      const receiver = await startReceiver();
      const other = await startReceiver();
      const channel = newChannel();
      const { id } = await addWebhook(server, ada.token, { url: receiver.url, channel });
      const patch = (json: unknown) => webhookCall(server, ada.token, 'PATCH', `/${id}`, json);
      await tell(channel, 1);
      await accepts(receiver, 1);
      assert.equal((await patch({ active: false })).body.state, 'disabled');
      await addWebhook(server, ada.token, { url: other.url, channel });
      await tell(channel, 2);
      await accepts(other, 1);
      const moved = await patch({
        active: true,
        url: `${receiver.url}/v2`,
        description: null,
        channel: null,
      });
      assert.equal(moved.body.state, 'active');
      assert.equal(moved.body.channel, null);
      await eventually('the second one comes', () => receiver.accepted().includes(2) || undefined);
      assert.equal(receiver.received.find(({ event }) => event.data === 2)?.path, '/hook/v2');
      assert.equal((await webhookCall(server, ada.token, 'DELETE', `/${id}`)).status, 204);
      assert.equal((await webhookCall(server, ada.token, 'GET', `/${id}`)).status, 404);
    });

    test('lists are paged, one’s own for users and all for admins', async () => {
      const eve = await addAccount(server, admin);
      const urls = ['https://example.org/1', 'https://example.org/2', 'https://example.org/3'];
      for (const url of urls) await addWebhook(server, eve.token, { url, channel: 'nothing' });
      const list = async (token: string, query: string) =>
        (await webhookCall<Page<Webhook>>(server, token, 'GET', query)).body;
      const page = await list(eve.token, '?limit=2&offset=1');
      assert.deepEqual([page.total, page.limit, page.offset], [3, 2, 1]);
      assert.deepEqual(
        page.items.map(({ url }) => url),
        urls.slice(1),
      );
      const all = await list(admin, '?limit=1000');
      assert.ok(all.items.some(({ owner }) => owner === eve.username));
      assert.ok(all.items.some(({ owner }) => owner === ada.username));
    });
  },
  { ownProcess: true },
);
