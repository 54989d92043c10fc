import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { addAccount, adminToken } from '../helpers/accounts.ts';
import { onOneEngine } from '../helpers/engines.ts';
import { publish } from '../helpers/events.ts';
import { eventually } from '../helpers/eventually.ts';
import { logEnd } from '../helpers/feed.ts';
import { adminWorkspace, type KciWorkspace, uniqueName } from '../helpers/kci-workspace.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import {
  accepts,
  type Delivery,
  isSigned,
  type Outcome,
  startReceiver,
  status,
  type Webhook,
} from '../helpers/webhooks.ts';

const ENV = {
  KCI_WEBHOOK_ALLOW_PRIVATE: 'on',
  KCI_WEBHOOK_BACKOFF_SECONDS: '1',
  KCI_WEBHOOK_RETRY_SECONDS: '1',
};
const UNKNOWN = '61bda8f2eb1a63d2b7152499';
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

onOneEngine(
  'kci webhook',
  (engine) => {
    let server: TestServer;
    let token: string;
    let kci: KciWorkspace;

    before(async () => {
      server = await startServer({ engine, env: ENV });
      token = await adminToken(server);
      kci = await adminWorkspace(server);
    });

    const webhook = <T>(...args: string[]) => kci.json<T>(['webhook', ...args]);
    const add = (...args: string[]) => webhook<Webhook & { secret: string }>('add', ...args);

    test('add prints the webhook and its secret, and events that fit come, signed', async () => {
      const [receiver, channel] = [await startReceiver(), uniqueName('channel')];
      const args = ['add', receiver.url, 'deep.n>1', '--channel', channel, '--description', 'for the test'];
      const { code, stdout, stderr } = await kci.kci(['webhook', ...args]);
      assert.deepEqual([code, stderr], [0, 'Keep the secret: it is not shown again.\n']);
      const { secret, ...made } = JSON.parse(stdout) as Webhook & { secret: string };
      assert.match(secret, /^whsec_/);
      assert.deepEqual(
        [made.url, made.channel, made.filter, made.description, made.state, made.owner],
        [receiver.url, channel, { 'deep.n__gt': '1' }, 'for the test', 'active', 'admin'],
      );
      for (const n of [1, 2]) await publish(server, token, channel, { deep: { n } });
      assert.deepEqual(await accepts(receiver, 1), [{ deep: { n: 2 } }]);
      const [request] = receiver.received;
      assert.ok(request !== undefined && isSigned(request, secret));
      const { position: _, ...shown } = await webhook<Webhook>('show', made.id);
      const { position: __, ...expected } = made;
      assert.deepEqual(shown, expected);
    });

    test('the secret can be one of your own, from a file or a pipe', async () => {
      const receiver = await startReceiver();
      kci.write('secret.txt', `${SECRET}\n`);
      const args = ['webhook', 'add', receiver.url, '--secret-file'];
      for (const [file, stdin] of [
        ['secret.txt', ''],
        ['-', SECRET],
      ] as const) {
        const { code, stdout, stderr } = await kci.kci([...args, file], stdin);
        assert.deepEqual([code, stderr], [0, '']);
        const { id, secret } = JSON.parse(stdout) as Webhook & { secret: string };
        assert.equal(secret, SECRET);
        await webhook<Outcome>('test', id);
        const request = receiver.received.at(-1);
        assert.ok(request !== undefined && isSigned(request, SECRET));
        await kci.ok(['webhook', 'remove', id]);
      }
      const empty = await kci.kci([...args, '-'], ' \n');
      assert.deepEqual([empty.code, empty.stderr], [1, 'Error: standard input is empty\n']);
      const bad = await kci.kci([...args, '-'], 'too short');
      assert.equal(bad.code, 1);
      assert.match(bad.stderr, /^Error: HTTP 4\d\d /);
    });

    test('test and replay of an event tell what came of it, by the exit code too', async () => {
      const [receiver, channel] = [await startReceiver(), uniqueName('channel')];
      const { id } = await add(receiver.url, '--channel', channel);
      const outcome = await webhook<Outcome>('test', id);
      assert.deepEqual([outcome.outcome, outcome.response_status], ['delivered', 204]);
      await publish(server, token, channel, 'one');
      const event = String(await logEnd(server));
      await eventually('it has come', () => receiver.accepted().includes('one') || undefined);
      const again = await webhook<Outcome>('replay', id, '--event', event);
      assert.equal(again.outcome, 'delivered');
      assert.deepEqual(receiver.accepted().slice(-2), ['one', 'one']);
      receiver.answer = status(500);
      for (const args of [
        ['test', id],
        ['replay', id, '--event', event],
      ]) {
        const { code, stdout, stderr } = await kci.kci(['webhook', ...args]);
        const failed = JSON.parse(stdout) as Outcome;
        assert.deepEqual([code, failed.outcome, failed.response_status, stderr], [1, 'failed', 500, '']);
      }
    });

    test('replay can also go back, and deliveries tell of all', async () => {
      const [receiver, channel] = [await startReceiver(), uniqueName('channel')];
      const { id, position } = await add(receiver.url, '--channel', channel);
      for (const n of [1, 2]) await publish(server, token, channel, n);
      await accepts(receiver, 2);
      const { id: same } = await webhook<Webhook>('replay', id, '--after', String(position));
      assert.equal(same, id);
      assert.deepEqual(await accepts(receiver, 4), [1, 2, 1, 2]);
      const deliveries = await eventually('all are noted', async () => {
        const found = await webhook<Delivery[]>('deliveries', id);
        return found.length >= 4 ? found : undefined;
      });
      assert.deepEqual(
        deliveries.map(({ outcome, attempt }) => [outcome, attempt]),
        Array(4).fill(['delivered', 1]),
      );
      const table = await kci.ok(['webhook', 'deliveries', id, '--format=table', '-l', '1']);
      assert.match(
        table,
        /^SEQUENCE +TIME +ATTEMPT +OUTCOME +STATUS +MS +ERROR\n\d+ +\S+ \S+ +1 +delivered +204 +\d+ +-\n$/,
      );
    });

    test('enable has one go on that was disabled; remove ends it', async () => {
      const [receiver, channel] = [await startReceiver(status(500)), uniqueName('channel')];
      const { id } = await add(receiver.url, '--channel', channel);
      await publish(server, token, channel, 'late');
      await eventually('it is disabled', async () =>
        (await webhook<Webhook>('show', id)).state === 'disabled' ? true : undefined,
      );
      const table = await kci.ok(['webhook', 'list', '--all', '--format=table']);
      assert.match(table, /^ID +OWNER +URL +STATE +POSITION +FAILING SINCE +LAST ERROR\n/);
      assert.match(table, new RegExp(`^${id} +admin +http\\S+ +disabled +\\d+ `, 'm'));
      receiver.answer = status(204);
      assert.equal((await webhook<Webhook>('enable', id)).state, 'active');
      assert.deepEqual(await accepts(receiver, 1), ['late']);
      assert.equal(await kci.ok(['webhook', 'remove', id]), '');
      const { code, stderr } = await kci.kci(['webhook', 'show', id]);
      assert.equal(code, 1);
      assert.match(stderr, /^Error: HTTP 404 /);
    });

    describe('what cannot be', () => {
      test('the webhook of somebody else', async () => {
        const { id } = await add((await startReceiver()).url, '--channel', uniqueName('channel'));
        const { token: bob } = await addAccount(server, token);
        const env = { KCI_API_TOKEN: bob };
        for (const command of ['show', 'test', 'enable', 'deliveries', 'remove']) {
          const { code, stdout, stderr } = await kci.kci(['webhook', command, id], '', { env });
          assert.deepEqual([code, stdout], [1, ''], stderr);
          assert.match(stderr, /^Error: HTTP 40[34] /);
        }
        const list = await kci.kci(['webhook', 'list', '--all'], '', { env });
        assert.deepEqual([list.code, list.stdout], [0, '[]\n']);
      });

      test('mistakes of the command line, and addresses that are none', async () => {
        const wrong: [args: string[], code: number, error: RegExp][] = [
          [['replay', UNKNOWN], 2, /^Error: either --event or --after is needed\n/],
          [['replay', UNKNOWN, '--event=1', '--after=1'], 2, /^Error: either --event or --after is needed\n/],
          [['replay', UNKNOWN, '--event=x'], 2, /It has to be the sequence_id of an event/],
          [['show', '..'], 2, /^Error: '\.\.' is not an id\n/],
          [['add'], 2, /^Error: missing required argument 'url'\n/],
          [['add', 'http://h/', 'kind'], 2, /^Error: 'kind' is not an attribute/],
          [['add', 'http://h/', '--secret-file=missing'], 1, /^Error: missing cannot be read: /],
          [['add', 'ftp://example.org/'], 1, /^Error: HTTP 4\d\d /],
          [['show', UNKNOWN], 1, /^Error: HTTP 404 /],
        ];
        for (const [args, expected, error] of wrong) {
          const { code, stdout, stderr } = await kci.kci(['webhook', ...args]);
          assert.deepEqual([code, stdout], [expected, ''], stderr);
          assert.match(stderr, error);
        }
      });
    });
  },
  { ownProcess: true },
);
