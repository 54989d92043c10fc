import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { addAccount, adminToken, createToken } from '../helpers/accounts.ts';
import { onOneEngine } from '../helpers/engines.ts';
import { eventually } from '../helpers/eventually.ts';
import { call } from '../helpers/http.ts';
import {
  adminWorkspace,
  anonymousWorkspace,
  type KciWorkspace,
  kciWorkspace,
  uniqueName,
} from '../helpers/kci-workspace.ts';
import { createNode } from '../helpers/nodes.ts';
import { type RunningKci, startKci } from '../helpers/running-kci.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { startTcpProxy } from '../helpers/tcp-proxy.ts';

interface Stats {
  id: number;
  channel: string;
  user: string;
  promiscuous: boolean;
  last_poll: string | null;
}

/** Runs what has to fail with nothing on standard output; answers with the lines of standard error. */
async function failure(kci: KciWorkspace, args: string[], code = 1, stdin?: string | Uint8Array) {
  const result = await kci.kci(args, stdin);
  assert.deepEqual([result.code, result.stdout], [code, ''], result.stderr);
  assert.doesNotMatch(result.stderr, /kci is at fault|\n\s+at /);
  return result.stderr.split('\n').slice(0, -1);
}

onOneEngine('kci event: subscriptions and lists', (engine) => {
  let server: TestServer;
  let token: string;
  let kci: KciWorkspace;

  before(async () => {
    server = await startServer({ engine, env: { KEEP_ALIVE_PERIOD: '1' } });
    token = await adminToken(server);
    kci = await adminWorkspace(server);
  });

  const subscribe = async (channel: string, ...args: string[]) => {
    const text = await kci.ok(['event', 'subscribe', channel, ...args]);
    assert.match(text, /^\d+\n$/);
    return text.trim();
  };
  const stats = () => kci.json<Stats[]>(['--as', 'admin', 'event', 'stats']);
  const send = (channel: string, text: string, ...args: string[]) =>
    kci.ok(['event', 'send', '-', channel, ...args], text);
  const receive = (id: string, ...args: string[]) => kci.ok(['event', 'receive', id, ...args]);
  /** Until the API knows that somebody waits. */
  const isListening = (id: string) =>
    eventually(`somebody listens to ${id}`, async () =>
      (await stats()).find((one) => String(one.id) === id)?.last_poll == null ? undefined : true,
    );

  describe('subscribe, send and receive', () => {
    test('a text is printed without the blanks around it, one event after the other', async () => {
      const channel = uniqueName('channel');
      const id = await subscribe(channel);
      kci.write('text.txt', '  hello\nworld ü \n\n');
      assert.equal(await kci.ok(['event', 'send', 'text.txt', channel]), '');
      assert.equal(await send(channel, '{"a": 1}'), '');
      assert.equal(await receive(id), 'hello\nworld ü\n');
      assert.equal(await receive(id), '{"a": 1}\n');
    });

    test('JSON is printed as JSON, with its keys in their order', async () => {
      const channel = uniqueName('channel');
      const id = await subscribe(channel);
      const values = ['{"b":[1,2.5,null],"a":"ü"}', '[]', '"  text "', '17', 'false'];
      for (const value of values) await send(channel, `${value}\n`, '--is-json');
      assert.equal(await receive(id), '{"b": [1, 2.5, null], "a": "\\u00fc"}\n');
      assert.equal(await receive(id, '--indent=1'), '[]\n');
      assert.equal(await receive(id), 'text\n');
      assert.deepEqual([await receive(id), await receive(id)], ['17\n', 'false\n']);
    });

    test('an event is waited for, longer than the API calls a pause', async () => {
      const channel = uniqueName('channel');
      const id = await subscribe(channel);
      assert.equal(await receive(id, '--once'), '');
      const waiting = receive(id);
      // After a pause of a second there is another poll.
      const { last_poll: first } = (await stats()).find((one) => String(one.id) === id) ?? {};
      await eventually('it asks again', async () => {
        const now = (await stats()).find((one) => String(one.id) === id)?.last_poll;
        return now !== first ? true : undefined;
      });
      await send(channel, 'at last');
      assert.equal(await waiting, 'at last\n');
    });

    test('what happens to nodes is an event', async () => {
      const id = await subscribe('node');
      const node = await createNode(server, token);
      const event = JSON.parse(await receive(id)) as Record<string, unknown>;
      assert.deepEqual([event.op, event.id, event.kind], ['created', node.id, 'checkout']);
      await kci.ok(['event', 'unsubscribe', id]);
    });

    test('under the name of a subscriber, what was not acknowledged comes again', async () => {
      const [channel, name] = [uniqueName('channel'), uniqueName('subscriber')];
      const id = await subscribe(channel, '--subscriber-id', name);
      await send(channel, 'one');
      await send(channel, 'two');
      assert.equal(await receive(id), 'one\n');
      const again = await subscribe(channel, '--subscriber-id', name);
      assert.equal(await receive(again), 'one\n');
      assert.equal(await receive(again), 'two\n');
    });

    test('events of others come to who asks for them', async () => {
      const { token: bob } = await addAccount(server, token);
      const channel = uniqueName('channel');
      const [own, all] = [await subscribe(channel), await subscribe(channel, '--promisc')];
      const env = { KCI_API_TOKEN: bob };
      assert.equal((await kci.kci(['event', 'send', '-', channel], "bob's", { env })).code, 0);
      await send(channel, 'mine');
      assert.deepEqual([await receive(own), await receive(all)], ['mine\n', "bob's\n"]);
    });

    test('unsubscribe ends it, once', async () => {
      const id = await subscribe(uniqueName('channel'));
      assert.equal(await kci.ok(['event', 'unsubscribe', id]), '');
      for (const command of ['unsubscribe', 'receive']) {
        const [error] = await failure(kci, ['event', command, id]);
        assert.match(error ?? '', /^Error: HTTP 404 .*: Subscription id not found/);
      }
    });

    test('a receive waits for an API that goes away and comes back', async () => {
      const channel = uniqueName('channel');
      const id = await subscribe(channel);
      const { hostname: host, port } = new URL(server.url);
      const proxy = await startTcpProxy({ host, port: Number(port) });
      const url = `http://127.0.0.1:${proxy.port}`;
      const waiting = startKci(kci, ['--api-url', url, '--api', 'test', 'event', 'receive', id]);
      await isListening(id);
      proxy.cut();
      await waiting.seen(/Warning: GET .*; still trying\n/);
      await send(channel, 'meanwhile');
      proxy.mend();
      assert.equal(await waiting.exited, 0);
      assert.equal(waiting.output.stdout, 'meanwhile\n');
      assert.match(waiting.output.stderr, /^Warning: GET \S+: .*; still trying\nThe API answers again\.\n$/);
    });

    test('can be interrupted', async () => {
      const id = await subscribe(uniqueName('channel'));
      const waiting: RunningKci[] = [
        startKci(kci, ['event', 'receive', id]),
        startKci(kci, ['event', 'pop', uniqueName('list')]),
      ];
      await isListening(id);
      for (const one of waiting) {
        one.child.kill('SIGINT');
        assert.equal(await one.exited, 130);
        assert.deepEqual(one.output, { stdout: '', stderr: '' });
      }
    });
  });

  describe('push and pop', () => {
    test('items come out in the order in which they went in, each once', async () => {
      const list = uniqueName('list');
      kci.write('item.json', '{"n": 1}');
      assert.equal(await kci.ok(['event', 'push', 'item.json', list, '--is-json']), '');
      await kci.ok(['event', 'push', '-', list], ' two \n');
      assert.equal(await kci.ok(['event', 'pop', list]), '{"n": 1}\n');
      assert.equal(await kci.ok(['event', 'pop', list]), 'two\n');
    });

    test('an item is waited for', async () => {
      const list = uniqueName('list');
      const popped = kci.ok(['event', 'pop', list]);
      await kci.ok(['event', 'push', '-', list], 'here');
      assert.equal(await popped, 'here\n');
    });
  });

  describe('stats', () => {
    test('are for admins', async () => {
      const id = await subscribe('node', '--promisc');
      const one = (await stats()).find((row) => String(row.id) === id);
      assert.deepEqual([one?.channel, one?.user, one?.last_poll], ['node', 'admin', null]);
      const [error, hint] = await failure(kci, ['event', 'stats']);
      assert.match(error ?? '', /^Error: HTTP 403 /);
      assert.equal(hint, "Hint: use the token saved as 'admin': kci --as admin event stats");
    });
  });

  describe('mistakes', () => {
    test('of the command line are told before anything is asked', async () => {
      const away = ['--api-url', 'http://127.0.0.1:9'];
      const wrong: [args: string[], error: RegExp][] = [
        [['receive', 'x'], /^Error: 'x' is not the id of a subscription: subscribe prints it$/],
        [['unsubscribe', '-1'], /^Error: '-1' is not the id of a subscription/],
        [['unsubscribe', '99999999999999999'], /is not the id of a subscription/],
        [['send', '-'], /^Error: missing required argument 'channel'$/],
        [['push', '-'], /^Error: missing required argument 'list'$/],
        [['subscribe'], /^Error: missing required argument 'channel'$/],
        [['list', 'kind'], /^Error: 'kind' is not an attribute: write NAME=VALUE/],
        [['list', 'limit=3'], /^Error: 'limit' is set with --limit$/],
        [['list', '--recursive'], /^Error: --recursive needs --limit, of at most 1000$/],
        [['list', 'channel=a', '--channel', 'b'], /^Error: 'channel' is given twice$/],
      ];
      for (const [args, error] of wrong) {
        const [line] = await failure(kci, [...away, 'event', ...args], 2);
        assert.match(line ?? '', error);
      }
    });

    test('of files too', async () => {
      const wrong: [args: string[], stdin: string | Uint8Array, error: string | RegExp][] = [
        [['send', 'missing', 'x'], '', 'Error: missing cannot be read: there is no such file'],
        [['send', '-', 'x', '--is-json'], ' \n', 'Error: standard input is empty'],
        [['push', '-', 'x', '--is-json'], '{"a":}', /^Error: standard input is not JSON: /],
        [['push', '-', 'x'], Uint8Array.from([0xff, 0xfe]), 'Error: standard input is not UTF-8 text'],
      ];
      for (const [args, stdin, error] of wrong) {
        const [line = ''] = await failure(kci, ['event', ...args], 1, stdin);
        if (typeof error === 'string') assert.equal(line, error);
        else assert.match(line, error);
      }
      const [refused] = await failure(kci, ['event', 'send', '-', 'x', '--is-json'], 1, 'null');
      assert.match(refused ?? '', /^Error: HTTP 422 /);
    });

    test('without the right token it says what to do', async () => {
      const [error, hint] = await failure(anonymousWorkspace(server), ['event', 'subscribe', 'node']);
      assert.match(error ?? '', /^Error: HTTP 401 /);
      assert.match(hint ?? '', /^Hint: no token is configured: run 'kci login'/);
      const reader = await createToken(server, server.admin, { scopes: 'read-only' });
      const env = { KCI_API_TOKEN: reader.access_token };
      const { code, stderr } = await kci.kci(['event', 'pop', 'x'], '', { env });
      assert.equal(code, 1);
      assert.match(
        stderr,
        /^Error: HTTP 403 .*does not carry the events scope.*\nHint: make a token that does: /,
      );
    });

    test('no API: a failure at once', async () => {
      for (const args of [
        ['receive', '1'],
        ['pop', 'x'],
      ]) {
        const [error] = await failure(kciWorkspace(), ['--api-url', 'http://127.0.0.1:9', 'event', ...args]);
        assert.match(error ?? '', /^Error: no answer: /);
      }
    });
  });

  describe('list', () => {
    const list = (...args: string[]) => anonymousWorkspace(server).ok(['event', 'list', ...args]);
    type Listed = {
      sequence_id: number;
      timestamp: string;
      channel: string;
      data: unknown;
      node?: { state: string };
    };

    test('prints what fits, oldest first, without a token', async () => {
      const name = uniqueName('node');
      const { id } = await createNode(server, token, { kind: 'job', name, path: [name] });
      await call(server, 'PATCH', `/latest/node/${id}`, { token, json: { state: 'done', result: 'fail' } });
      const found = JSON.parse(await list(`name=${name}`)) as Listed[];
      assert.deepEqual(
        found.map(({ data }) => (data as { op: string }).op),
        ['created', 'updated'],
      );
      const answer = await call(server, 'GET', `/latest/events?name=${name}`);
      assert.deepEqual(found, answer.body);
      const lines = (await list(`node_id=${id}`, '--format', 'jsonl')).split('\n');
      assert.deepEqual(
        lines.slice(0, -1).map((line) => JSON.parse(line) as Listed),
        found,
      );
      assert.deepEqual(JSON.parse(await list(`node_id=${id}`, '--limit', '1')), [found[0]]);
      assert.deepEqual(JSON.parse(await list(`name=${name}`, 'result!=pass', 'op=updated')), [found[1]]);
      assert.deepEqual(JSON.parse(await list(`name=${name}`, '--from', found[1]?.timestamp ?? '')), []);
      const [recursive] = JSON.parse(await list(`name=${name}`, '--limit=1', '--recursive')) as Listed[];
      assert.equal(recursive?.node?.state, 'done');
    });

    test('as a table, which has room for events that tell of no node', async () => {
      const [channel, name] = [uniqueName('channel'), uniqueName('node')];
      await send(channel, ' a\ttext\n\x1b[2J ');
      await send(channel, '{"x": [1]}', '--is-json');
      await send(channel, '{"kind": "job", "name": 7, "result": "constructor"}', '--is-json');
      const { id } = await createNode(server, token, { kind: 'job', name, path: [name] });
      const [title, ...rows] = (await list('--channel', channel, '--format', 'table')).trimEnd().split('\n');
      assert.equal(title?.replaceAll(/ +/g, ' '), 'SEQUENCE TIME CHANNEL OP KIND NAME STATE RESULT NODE');
      const cells = rows.map((row) => row.split(/ {2,}/).slice(2));
      assert.deepEqual(cells, [
        [channel, '-', '-', 'a text \ufffd[2J', '-', '-', '-'],
        [channel, '-', '-', '{"x":[1]}', '-', '-', '-'],
        [channel, '-', 'job', '7', '-', 'constructor', '-'],
      ]);
      const [, row = ''] = (await list(`name=${name}`, '--format=table')).split('\n');
      assert.deepEqual(row.split(/ {2,}/).slice(2), ['node', 'created', 'job', name, 'running', '-', id]);
    });

    test('nothing is an empty list, and a wrong time an error', async () => {
      assert.equal(await list('name=nobody'), '[]\n');
      const [error] = await failure(kci, ['event', 'list', '--from', 'yesterday']);
      assert.match(error ?? '', /^Error: HTTP 400 .*'from'/);
    });
  });
});
