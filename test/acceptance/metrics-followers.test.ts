import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Account, addAccount, adminToken } from '../helpers/accounts.ts';
import { groupClient, idsOf } from '../helpers/consumer-groups.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { listenTo, publish, subscribe } from '../helpers/events.ts';
import { uniqueName } from '../helpers/kci-workspace.ts';
import { readMetrics, readValue, untilMetric } from '../helpers/metrics.ts';
import { checkout, createNode, makeUser } from '../helpers/nodes.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { addWebhook, startReceiver, status } from '../helpers/webhooks.ts';

const ENV = { KCI_WEBHOOK_ALLOW_PRIVATE: 'on', KCI_WEBHOOK_BACKOFF_SECONDS: '1' };

forEachEngine(
  'metrics of who follows the log',
  (engine) => {
    let server: TestServer;
    let admin: string;
    let alice: Account;

    before(async () => {
      server = await startServer({ engine, env: ENV });
      admin = await adminToken(server);
      alice = await addAccount(server, admin);
    });

    const tell = async (channel: string, count: number) => {
      for (let n = 0; n < count; n += 1) await publish(server, admin, channel, n);
    };
    const lag = (kind: string, name: string, wanted: number | undefined, at: TestServer = server) =>
      untilMetric(at, 'kci_event_lag_entries', { kind, name }, wanted);

    /** Tells somebody else so much, and waits until the metrics know it. */
    const tellOthers = async (count: number, at: TestServer = server) => {
      const [channel, name] = [uniqueName('elsewhere'), uniqueName('subscriber')];
      await subscribe(server, admin, channel, `subscriber_id=${name}`);
      await tell(channel, count);
      await lag('subscriber', name, count, at);
    };
    const lagNow = (kind: string, name: string, at: TestServer = server) =>
      readValue(at, 'kci_event_lag_entries', { kind, name });

    test('a durable subscriber is behind from its first event on, and no more once it has had all', async () => {
      const [channel, name] = [uniqueName('channel'), uniqueName('subscriber')];
      const id = await subscribe(server, admin, channel, `subscriber_id=${name}`);
      await lag('subscriber', name, 0);
      await tell(uniqueName('elsewhere'), 4);
      await tell(channel, 3);
      await lag('subscriber', name, 3);
      await tell(uniqueName('elsewhere'), 2);
      await lag('subscriber', name, 5);
      assert.deepEqual(await listenTo(server, admin, id, 2), [0, 1]);
      await lag('subscriber', name, 3);
      await listenTo(server, admin, id, 1);
      await lag('subscriber', name, 0);
      await tellOthers(2);
      assert.equal(await lagNow('subscriber', name), 0);
    });

    test('nor for what is none of its own, also where nobody has listened since the start', async () => {
      const [channel, name] = [uniqueName('channel'), uniqueName('subscriber')];
      const id = await subscribe(server, admin, channel, `subscriber_id=${name}`);
      await tell(channel, 1);
      await listenTo(server, admin, id, 1);
      const sibling = await server.startSibling();
      await tellOthers(5, sibling);
      assert.equal(await lagNow('subscriber', name, sibling), 0);
      await tell(channel, 1);
      await lag('subscriber', name, 1, sibling);
      await sibling.stop();
    });

    test('nodes of others are not for a subscriber who does not see them', async () => {
      const bob = await makeUser(server, admin, uniqueName('bob'));
      const [own, all] = [uniqueName('subscriber'), uniqueName('subscriber')];
      await subscribe(server, bob, 'node', `subscriber_id=${own}`);
      await subscribe(server, bob, 'node', `subscriber_id=${all}&promisc=true`);
      await createNode(server, admin, checkout());
      await lag('subscriber', all, 1);
      await lag('subscriber', own, 0);
    });

    test('subscriptions without a name of their own are not told of', async () => {
      const [channel, name] = [uniqueName('channel'), uniqueName('subscriber')];
      await subscribe(server, admin, channel);
      await subscribe(server, admin, channel, `subscriber_id=${name}`);
      await tell(channel, 1);
      await lag('subscriber', name, 1);
      const { samples } = await readMetrics(server);
      const names = samples.filter(({ labels }) => labels.kind === 'subscriber').map(({ labels }) => labels);
      assert.deepEqual(
        names.filter((labels) => !labels.name?.startsWith('subscriber')),
        [],
      );
    });

    test('a group is behind by what nobody has claimed, and has pending entries and dead letters', async () => {
      const [channel, name] = [uniqueName('channel'), uniqueName('group')];
      const group = groupClient(server, alice.token, name);
      await group.put({ channel, max_deliveries: 1 });
      await lag('group', name, 0);
      const pending = (count: number) =>
        untilMetric(server, 'kci_group_pending_entries', { group: name }, count);
      const dead = (count: number) => untilMetric(server, 'kci_group_dead_letters', { group: name }, count);
      await dead(0);
      await tell(channel, 4);
      await lag('group', name, 4);
      const { items } = await group.claim({ limit: 3 });
      const [first = 0, ...others] = idsOf(items);
      await lag('group', name, 1);
      await pending(3);
      await group.ack(others);
      await pending(1);
      await group.release([first]);
      await dead(1);
      await pending(0);
      await group.claim({ limit: 10 });
      await lag('group', name, 0);
      await tellOthers(3);
      assert.equal(await lagNow('group', name), 0);
      assert.equal((await group.send('DELETE')).status, 204);
      await lag('group', name, undefined);
    });

    test('a webhook whose receiver is down is behind and failing until it is back', async () => {
      const channel = uniqueName('channel');
      const receiver = await startReceiver();
      const { id } = await addWebhook(server, alice.token, { url: receiver.url, channel });
      await lag('webhook', id, 0);
      await tellOthers(3);
      assert.equal(await lagNow('webhook', id), 0);
      await receiver.stop();
      await tell(uniqueName('elsewhere'), 3);
      await tell(channel, 2);
      await lag('webhook', id, 2);
      await untilMetric(server, 'kci_webhooks_failing', {}, 1);
      await startReceiver(status(204), Number(new URL(receiver.url).port));
      await lag('webhook', id, 0);
      await untilMetric(server, 'kci_webhooks_failing', {}, 0);
    });

    test('a webhook that has been disabled is counted and no more behind', async () => {
      const channel = uniqueName('channel');
      const gone = await startReceiver(status(410));
      const { id } = await addWebhook(server, alice.token, { url: gone.url, channel });
      await untilMetric(server, 'kci_webhooks_disabled', {}, 0);
      await tell(channel, 2);
      await untilMetric(server, 'kci_webhooks_disabled', {}, 1);
      await lag('webhook', id, undefined);
    });

    test('of very many, those that are furthest behind are told of', async () => {
      const [busy, quiet] = [uniqueName('channel'), uniqueName('channel')];
      for (let n = 0; n < 60; n += 1) {
        const name = uniqueName('subscriber');
        await subscribe(server, admin, n < 30 ? busy : quiet, `subscriber_id=${name}`);
      }
      await tell(busy, 1);
      const name = uniqueName('subscriber-of-all');
      await subscribe(server, admin, busy, `subscriber_id=${name}`);
      await tell(busy, 1);
      await lag('subscriber', name, 1);
      const { samples } = await readMetrics(server);
      const told = samples.filter(({ labels }) => labels.kind === 'subscriber');
      assert.equal(told.length, 50);
      assert.equal(told.filter(({ value }) => value === 2).length, 30);
    });
  },
  { ownProcess: true },
);
