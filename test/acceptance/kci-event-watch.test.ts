import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { adminToken } from '../helpers/accounts.ts';
import { onOneEngine } from '../helpers/engines.ts';
import { publish } from '../helpers/events.ts';
import { eventually } from '../helpers/eventually.ts';
import { type FeedEntry, logEnd, readFeed, removeEntries } from '../helpers/feed.ts';
import { call } from '../helpers/http.ts';
import { runKciTty } from '../helpers/kci.ts';
import { anonymousWorkspace, type KciWorkspace, kciWorkspace, uniqueName } from '../helpers/kci-workspace.ts';
import { createNode } from '../helpers/nodes.ts';
import { type RunningKci, startKci } from '../helpers/running-kci.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const CURSOR = 'position.txt';
const ESC = '\x1b';

const entriesIn = (stdout: string) =>
  stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as FeedEntry);
const dataIn = (stdout: string) => entriesIn(stdout).map(({ data }) => data);

/** Starts a watch that remembers its position, and waits until it has one. */
async function startWatch(kci: KciWorkspace, args: string[] = []): Promise<RunningKci> {
  const watching = startKci(kci, ['event', 'watch', '--cursor', CURSOR, ...args]);
  await eventually('it has a position', () => existsSync(path.join(kci.cwd, CURSOR)) || undefined);
  return watching;
}

async function interrupt(watching: RunningKci): Promise<void> {
  watching.child.kill('SIGINT');
  assert.equal(await watching.exited, 130);
}

/** Until it remembers to have come as far as the log goes. */
const atEnd = async (server: TestServer, kci: KciWorkspace) => {
  const end = await logEnd(server);
  await eventually(`it has come to ${end}`, () => Number(kci.read(CURSOR)) === end || undefined);
};

onOneEngine('kci event watch', (engine) => {
  let server: TestServer;
  let token: string;

  before(async () => {
    server = await startServer({ engine });
    token = await adminToken(server);
  });

  const tell = (channel: string, data: unknown) => publish(server, token, channel, data);

  test('prints entries as they come, as JSON lines in a pipe', async () => {
    const [kci, channel] = [anonymousWorkspace(server), uniqueName('channel')];
    await tell(channel, 'before');
    const watching = await startWatch(kci, ['--channel', channel]);
    const values = ['a text', { kind: 'x', n: 1.5, z: [null, 'ü'] }, 7];
    for (const value of values) await tell(channel, value);
    await watching.seen('"data": 7');
    await atEnd(server, kci);
    await interrupt(watching);
    assert.deepEqual(dataIn(watching.output.stdout), values);
    assert.equal(watching.output.stderr, '');
    const [first] = entriesIn(watching.output.stdout);
    const page = await readFeed(server, { after: Number(first?.sequence_id) - 1, limit: 1 });
    assert.deepEqual([first], page.items);
  });

  test('only what fits the filters, also inside of hierarchies', async () => {
    const [kci, name] = [anonymousWorkspace(server), uniqueName('job')];
    const job = { kind: 'job', name, path: [name] };
    const { id } = await createNode(server, token, job);
    const args = ['name=~^(fast|slow)$', 'result!=pass', 'kind=test', `path=${name}`, '--limit=1'];
    const watching = await startWatch(kci, args);
    const leaf = (child: string, result: string) => ({
      node: { kind: 'test', name: child, path: [name, child], state: 'done', result },
      child_nodes: [],
    });
    const json = {
      node: { ...job, state: 'done', result: 'fail' },
      child_nodes: [leaf('fast', 'pass'), leaf('other', 'fail'), leaf('slow', 'fail')],
    };
    const answer = await call(server, 'PUT', `/latest/nodes/${id}`, { token, json });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(await watching.exited, 0);
    const [shown] = dataIn(watching.output.stdout) as { name: string; path: string[]; result: string }[];
    assert.deepEqual([shown?.name, shown?.path, shown?.result], ['slow', [name, 'slow'], 'fail']);
  });

  test('filters reach into the data of any event', async () => {
    const [kci, channel] = [anonymousWorkspace(server), uniqueName('channel')];
    for (const n of [1, 2, 3]) await tell(channel, { deep: { n } });
    const args = ['--channel', channel, 'deep.n>1', 'deep.n!=2', '--from=oldest', '--limit=1'];
    assert.deepEqual(dataIn(await kci.ok(['event', 'watch', ...args])), [{ deep: { n: 3 } }]);
  });

  test('goes on where it stopped, entry for entry', async () => {
    const [kci, channel] = [anonymousWorkspace(server), uniqueName('channel')];
    for (let n = 1; n <= 7; n++) await tell(channel, n);
    const args = [
      'event',
      'watch',
      `channel=${channel}`,
      '--from',
      'oldest',
      '--cursor',
      CURSOR,
      '--limit',
      '3',
    ];
    assert.deepEqual(dataIn(await kci.ok(args)), [1, 2, 3]);
    assert.match(kci.read(CURSOR), /^\d+\n$/);
    assert.deepEqual(dataIn(await kci.ok(args)), [4, 5, 6]);
    const third = startKci(kci, args);
    await third.seen('"data": 7');
    await tell(channel, 8);
    await tell(channel, 9);
    assert.equal(await third.exited, 0);
    assert.deepEqual(dataIn(third.output.stdout), [7, 8, 9]);
    // Nothing of its writing is left beside the file.
    assert.deepEqual(readdirSync(kci.cwd).sort(), ['kernelci.toml', CURSOR].sort());
  });

  test('begins behind a position that is named', async () => {
    const [kci, channel] = [anonymousWorkspace(server), uniqueName('channel')];
    const before = await logEnd(server);
    for (const n of [1, 2, 3]) await tell(channel, n);
    const from = (place: number, limit: string) =>
      kci.ok(['event', 'watch', `channel=${channel}`, '--from', String(place), '--limit', limit]);
    assert.deepEqual(dataIn(await from(before, '2')), [1, 2]);
    const second = await readFeed(server, { channel, limit: 2 });
    assert.deepEqual(dataIn(await from(second.items[1]?.sequence_id ?? 0, '1')), [3]);
  });

  test('many entries come in several batches, each once', async () => {
    const [kci, channel] = [anonymousWorkspace(server), uniqueName('channel')];
    const numbers = Array.from({ length: 250 }, (_, n) => n);
    for (const n of numbers) await tell(channel, n);
    const args = ['event', 'watch', '--channel', channel, '--from=oldest', '--limit=250'];
    assert.deepEqual(dataIn(await kci.ok(args)), numbers);
  });

  test('a reader that has seen enough ends it quietly', async () => {
    const [kci, channel] = [anonymousWorkspace(server), uniqueName('channel')];
    await tell(channel, 1);
    const watching = startKci(kci, ['event', 'watch', '--channel', channel, '--from=oldest']);
    await watching.seen('"data": 1');
    watching.child.stdout?.destroy();
    await tell(channel, 2);
    assert.equal(await watching.exited, 1);
    assert.equal(watching.output.stderr, '');
  });

  describe('for people', () => {
    const tty = (args: string[], env: Record<string, string> = {}, columns = 200) => {
      const { cwd, home } = anonymousWorkspace(server);
      const options = { cwd, home, env, columns, answers: [] as [RegExp, string][], keepControls: true };
      return runKciTty(['event', 'watch', '--from=oldest', ...args], options);
    };

    test('a line has the time, what happened to which node, and its state, in colours', async () => {
      const name = uniqueName('job');
      const { id } = await createNode(server, token, { kind: 'job', name, path: [name] });
      const json = { state: 'done', result: 'fail' };
      assert.equal((await call(server, 'PATCH', `/latest/node/${id}`, { token, json })).status, 200);
      const { code, transcript } = await tty([`node_id=${id}`, '--limit=2'], { NO_COLOR: '1' });
      const lines = transcript.trimEnd().split('\n');
      const cells = lines.map((line) => line.split(/ {2,}/));
      assert.equal(code, 0);
      assert.match(cells[0]?.[0] ?? '', /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/);
      assert.deepEqual(
        cells.map((line) => line.slice(1)),
        [
          ['created', 'job', name, 'running', '-', id],
          ['updated', 'job', name, 'done', 'fail', id],
        ],
      );
      assert.equal(lines[0]?.indexOf(id), lines[1]?.indexOf(id));
      const coloured = await tty([`node_id=${id}`, '--limit=2']);
      assert.ok(coloured.transcript.includes(`${ESC}[31mfail`), coloured.transcript);
    });

    test('other events show their data, on one line, without what could harm a terminal', async () => {
      const channel = uniqueName('c');
      await tell(channel, `a\n${ESC}[2J\u202e${'long '.repeat(50)}`);
      await tell(channel, { x: [1] });
      await tell(channel, { kind: 'job', name: `n${ESC}]0;t\u0007`, result: '__proto__', state: {} });
      const { transcript } = await tty(['--channel', channel, '--limit=3'], { NO_COLOR: '1' }, 80);
      const [text = '', json, odd = ''] = transcript.trimEnd().split('\n');
      assert.match(text, new RegExp(`^.{19} UTC  ${channel}  a \ufffd\\[2J\ufffdlong (long )+.*…$`));
      assert.equal(text.length, 80);
      assert.match(json ?? '', /UTC {2}c-\w+ {2}\{"x":\[1\]\}$/);
      assert.deepEqual(odd.split(/ {2,}/).slice(1), [
        channel,
        'job',
        'n\ufffd]0;t\ufffd',
        '{}',
        '__proto__',
        '-',
      ]);
    });

    test('a format can be asked for', async () => {
      const channel = uniqueName('channel');
      await tell(channel, 'x');
      const args = ['--channel', channel, '--limit=1'];
      const lines = await anonymousWorkspace(server).ok([
        ...['event', 'watch', '--from=oldest', '--format=lines'],
        ...args,
      ]);
      assert.match(lines, /^\S+ \S+ UTC {2}channel-\w+ {2}x\n$/);
      assert.match((await tty([...args, '--format=jsonl'])).transcript, /^\{"timestamp": .*\}\n$/);
    });
  });

  test('mistakes', async () => {
    const kci = anonymousWorkspace(server);
    kci.write('notes.txt', 'not a number');
    const wrong: [args: string[], code: number, error: RegExp][] = [
      [['--from', 'yesterday'], 2, /It has to be 'oldest', 'latest' or the sequence_id to go on behind/],
      [['limit=3'], 2, /^Error: 'limit' is set with --limit\n/],
      [['after=3'], 2, /^Error: 'after' is set with --from\n/],
      [['--limit', '0'], 2, /whole number of at least 1/],
      [['--cursor', 'notes.txt'], 1, /^Error: notes\.txt holds no position\nHint: is it another file/],
      [['--cursor', '.'], 1, /^Error: the cursor file \. cannot be read: /],
      [['--cursor', 'no/such/folder'], 1, /^Error: the cursor file no\/such\/folder cannot be written: /],
      [['name=~('], 1, /^Error: HTTP 400 /],
      [['--from', '999999999'], 1, /^Error: HTTP 400 /],
    ];
    for (const [args, code, error] of wrong) {
      const result = await kci.kci(['event', 'watch', ...args]);
      assert.deepEqual([result.code, result.stdout], [code, ''], result.stderr);
      assert.match(result.stderr, error);
      assert.doesNotMatch(result.stderr, /kci is at fault/);
    }
    const away = await kciWorkspace().kci(['--api-url', 'http://127.0.0.1:9', 'event', 'watch']);
    assert.equal(away.code, 1);
    assert.match(away.stderr, /^Error: no answer: /);
  });
});

onOneEngine(
  'kci event watch, when the server',
  (engine) => {
    test('restarts or is killed: nothing is missed, and it says what happens', async () => {
      const server = await startServer({ engine });
      const token = await adminToken(server);
      const kci = anonymousWorkspace(server);
      const watching = await startWatch(kci, ['channel=storm']);
      const told: number[] = [];
      const tell = async (n: number) => {
        await publish(server, token, 'storm', n);
        told.push(n);
      };
      await tell(1);
      await watching.seen('"data": 1,');
      await server.kill9();
      await watching.seen(/^Warning: GET \S+\/latest\/feed\?channel=storm\S*: .*; still trying\n/m);
      await server.restart();
      await tell(2);
      await watching.seen('"data": 2,');
      await tell(3);
      await watching.seen('"data": 3,');
      await server.restart();
      await tell(4);
      await watching.seen('"data": 4,');
      await interrupt(watching);
      assert.deepEqual(dataIn(watching.output.stdout), told);
      assert.match(
        watching.output.stderr,
        /^(Warning: GET \S+: [^\n]*; still trying\nThe API answers again\.\n)+$/,
      );
    });

    test('no longer keeps what comes next: it says from where, and goes on only when told to', async () => {
      const server = await startServer({ engine, env: { KCI_HOUSEKEEPING_SECONDS: '1' } });
      const token = await adminToken(server);
      const kci = anonymousWorkspace(server);
      const args = ['event', 'watch', 'channel=c', '--cursor', CURSOR, '--limit=1'];
      await publish(server, token, 'c', 1);
      await publish(server, token, 'c', 2);
      assert.deepEqual(dataIn(await kci.ok([...args, '--from=oldest'])), [1]);
      const position = kci.read(CURSOR).trim();
      await removeEntries(server);
      await publish(server, token, 'c', 3);
      const { oldest } = await readFeed(server);
      const what = `what followed position ${position} is no longer kept: the feed can be read from position ${oldest} on`;
      const stopped = await kci.kci(args);
      assert.deepEqual([stopped.code, stopped.stdout], [1, '']);
      assert.equal(
        stopped.stderr,
        `Error: ${what}\nHint: with --from oldest it goes on there, without what is gone\n`,
      );
      assert.equal(kci.read(CURSOR).trim(), position);
      const gone = await kci.kci([...args, '--from=oldest']);
      assert.deepEqual([gone.code, dataIn(gone.stdout)], [0, [3]]);
      assert.equal(gone.stderr, `Warning: ${what}; going on there\n`);
    });
  },
  { ownProcess: true },
);
