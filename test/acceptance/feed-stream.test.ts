import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import { adminToken } from '../helpers/accounts.ts';
import { forEachEngine } from '../helpers/engines.ts';
import { publish } from '../helpers/events.ts';
import { addEntries, logEnd, readFeed, removeEntries } from '../helpers/feed.ts';
import { call } from '../helpers/http.ts';
import { uniqueName } from '../helpers/kci-workspace.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { type SseBlock, SseClient } from '../helpers/sse.ts';

const MANY = 30_000;
const PADDING = 1000;

const at = (server: TestServer, query: Record<string, string | number>) =>
  `${server.url}/latest/feed/stream?${new URLSearchParams(query as Record<string, string>)}`;

const dataIn = (blocks: readonly SseBlock[]) =>
  blocks.map(({ data }) => (JSON.parse(data ?? '') as { data: unknown }).data);

/** Asks for the stream and reads nothing of it until told to. */
async function stalledReader(server: TestServer): Promise<{ socket: Socket; rest: () => Promise<string> }> {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.write('GET /latest/feed/stream HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(socket, 'readable');
  socket.on('error', () => undefined);
  const rest = async () => {
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    await once(socket, 'close');
    return Buffer.concat(chunks).toString();
  };
  return { socket, rest };
}

forEachEngine(
  'the stream of the feed',
  (engine) => {
    test('tells of each entry as the feed does, old ones and new ones', async () => {
      const server = await startServer({ engine });
      const admin = await adminToken(server);
      await publish(server, admin, 'a', { text: 'old\n\r\u2028' });
      const client = await SseClient.open(at(server, {}));
      assert.match(client.headers.get('content-type') ?? '', /^text\/event-stream/);
      assert.equal(client.headers.get('cache-control'), 'no-store');
      assert.deepEqual(await client.next(), { retry: '2000' });
      const found = await client.entries(1);
      await publish(server, admin, 'b', 'new');
      await publish(server, admin, 'c', 3);
      found.push(...(await client.entries(2)));
      const { items } = await readFeed(server);
      assert.deepEqual(
        found.map(({ data }) => JSON.parse(data ?? '')),
        items,
      );
      assert.deepEqual(
        found.map(({ id, event }) => [id, event]),
        items.map(({ sequence_id }) => [String(sequence_id), undefined]),
      );
      client.close();

      const latest = await SseClient.open(at(server, { after: 'latest' }));
      await publish(server, admin, 'a', 4);
      assert.deepEqual(dataIn(await latest.entries(1)), [4]);

      const some = await SseClient.open(at(server, { channel: 'n', n__gt: 1, limit: 2 }));
      for (const n of [1, 2, 1, 3, 4]) await publish(server, admin, 'n', { n });
      assert.deepEqual(dataIn(await some.entries(2)), [{ n: 2 }, { n: 3 }]);
      assert.equal(await some.next(), undefined);
    });

    test('goes on where a client that comes back says that it was, across restarts and crashes', async () => {
      const server = await startServer({ engine });
      const admin = await adminToken(server);
      const channel = uniqueName('resumed');
      const seen: unknown[] = [];
      let last: string | undefined;
      for (const [n, end] of (['kill9', 'stop', 'kill9'] as const).entries()) {
        // `after` is what the client began with, and must not count any more.
        const headers = last === undefined ? {} : { 'Last-Event-ID': last };
        const client = await SseClient.open(at(server, { channel, after: 0 }), headers);
        for (const data of [n, n + 0.5]) await publish(server, admin, channel, data);
        const blocks = await client.entries(n === 0 ? 2 : 3);
        seen.push(...dataIn(blocks));
        last = blocks.at(-1)?.id;
        await publish(server, admin, channel, `missed by ${n}`);
        await server[end]();
        await server.restart();
      }
      const client = await SseClient.open(at(server, { channel }), { 'Last-Event-ID': last ?? '' });
      seen.push(...dataIn(await client.entries(1)));
      assert.deepEqual(seen, [...[0, 0.5, 'missed by 0', 1, 1.5], ...['missed by 1', 2, 2.5, 'missed by 2']]);
    });

    test('moves the position of a client for which there is little', async () => {
      const server = await startServer({ engine });
      await addEntries(server, 'many', MANY);
      const client = await SseClient.open(at(server, { n: MANY }));
      const blocks: SseBlock[] = [];
      while (blocks.at(-1)?.data === undefined) blocks.push((await client.next()) ?? assert.fail());
      const moved = blocks.filter(({ id, data }) => id !== undefined && data === undefined);
      assert.ok(moved.length > 0, JSON.stringify(blocks));
      const resumed = await SseClient.open(at(server, { n: MANY }), { 'Last-Event-ID': moved[0]?.id ?? '' });
      assert.equal((await resumed.entries(1))[0]?.data, blocks.at(-1)?.data);
    });

    test('gives signs of life, and the position, when nothing is told', async () => {
      const server = await startServer({ engine });
      const admin = await adminToken(server);
      const client = await SseClient.open(at(server, { channel: 'quiet' }));
      assert.deepEqual(await client.next(), { retry: '2000' });
      await publish(server, admin, 'other', 1);
      assert.deepEqual(await client.next(), { id: String(await logEnd(server)) });
      assert.deepEqual(await client.next(), { comment: '' });
    });

    describe('to a client that does not read', () => {
      test('waits for it, and loses nothing', async () => {
        const server = await startServer({ engine });
        const admin = await adminToken(server);
        await addEntries(server, 'many', MANY, PADDING);
        const stalled = await stalledReader(server);
        // Others are served meanwhile.
        const other = await SseClient.open(at(server, { after: 'latest' }));
        await publish(server, admin, 'other', 1);
        assert.deepEqual(dataIn(await other.entries(1)), [1]);
        const reading = stalled.rest();
        let text = '';
        stalled.socket.on('data', (chunk: Buffer) => {
          text = (text + chunk.toString('latin1')).slice(-5000);
          if (text.includes('"last"')) stalled.socket.destroy();
        });
        await publish(server, admin, 'other', 'last');
        await other.entries(1);
        const ids = [...(await reading).matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
        assert.deepEqual(
          ids,
          Array.from({ length: MANY + 2 }, (_, i) => i + 1),
        );
      });

      test('says so when the log has lost what it has not read', async () => {
        const server = await startServer({ engine, env: { KCI_HOUSEKEEPING_SECONDS: '1' } });
        await addEntries(server, 'many', MANY, PADDING);
        const stalled = await stalledReader(server);
        const oldest = await logEnd(server);
        await removeEntries(server);
        const reading = stalled.rest();
        stalled.socket.on('data', (chunk: Buffer) => {
          if (chunk.includes('0\r\n\r\n')) stalled.socket.end();
        });
        const text = await reading;
        const ids = [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
        assert.ok(ids.length > 0 && ids.length < MANY);
        assert.deepEqual(
          ids,
          ids.map((_, i) => i + 1),
        );
        const told = JSON.parse(/^event: gone\ndata: (.*)\n\n/m.exec(text)?.[1] ?? '{}');
        assert.deepEqual(Object.keys(told), ['detail', 'oldest']);
        assert.equal(told.oldest, oldest);
        const again = await call(server, 'GET', '/latest/feed/stream', {
          headers: { 'Last-Event-ID': String(ids.at(-1)) },
        });
        assert.equal(again.status, 410);
        assert.deepEqual(again.body, told);
      });

      test('does not keep a server from stopping', async () => {
        const server = await startServer({ engine });
        await addEntries(server, 'many', MANY, PADDING);
        await stalledReader(server);
        const idle = await SseClient.open(at(server, { after: 'latest' }));
        assert.deepEqual(await idle.next(), { retry: '2000' });
        assert.equal(await server.stop(), 0);
        assert.equal(await idle.next(), undefined);
        assert.doesNotMatch(server.logs(), /in flight/);
      });
    });

    test('refuses what it does not understand', async () => {
      const server = await startServer({ engine });
      const BAD: [query: string, headers: Record<string, string>, status: number, named: RegExp][] = [
        ['after=x', {}, 422, /"after"/],
        ['limit=0', {}, 422, /"limit"/],
        ['name__x=1', {}, 400, /name__x/],
        ['path=(', {}, 400, /path/],
        ['after=99', {}, 400, /^.{0,20}after: 99/],
        ['', { 'Last-Event-ID': '99' }, 400, /99/],
        ['', { 'Last-Event-ID': 'x' }, 400, /Last-Event-ID/],
        ['', { 'Last-Event-ID': '-1' }, 400, /Last-Event-ID/],
      ];
      for (const [query, headers, status, named] of BAD) {
        const answer = await call(server, 'GET', `/latest/feed/stream?${query}`, { headers });
        assert.equal(answer.status, status, answer.text);
        assert.match(answer.text, named);
      }
      const { status, text } = await call(server, 'HEAD', '/latest/feed/stream');
      assert.deepEqual([status, text], [200, '']);
    });
  },
  { ownProcess: true },
);
