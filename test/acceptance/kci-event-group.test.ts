import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { addAccount, adminToken } from '../helpers/accounts.ts';
import { onOneEngine } from '../helpers/engines.ts';
import { publish } from '../helpers/events.ts';
import { eventually } from '../helpers/eventually.ts';
import type { FeedEntry } from '../helpers/feed.ts';
import { adminWorkspace, type KciWorkspace, uniqueName } from '../helpers/kci-workspace.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

interface Group {
  name: string;
  owner: string;
  channel: string | null;
  filter: Record<string, string>;
  visibility_seconds: number;
  max_deliveries: number;
  pending: number;
  dead: number;
}

interface Claimed extends FeedEntry {
  delivery_count: number;
  worker?: string | null;
}

onOneEngine('kci event group', (engine) => {
  let server: TestServer;
  let token: string;
  let kci: KciWorkspace;

  before(async () => {
    server = await startServer({ engine });
    token = await adminToken(server);
    kci = await adminWorkspace(server);
  });

  const group = <T>(command: string, ...args: string[]) => kci.json<T>(['event', 'group', command, ...args]);
  const claim = (name: string, ...args: string[]) => group<Claimed[]>('claim', name, ...args);
  const idsOf = (entries: readonly Claimed[]) => entries.map(({ sequence_id }) => String(sequence_id));
  const dataOf = (entries: readonly Claimed[]) => entries.map(({ data }) => data);
  const tell = async (channel: string, ...data: unknown[]) => {
    for (const one of data) await publish(server, token, channel, one);
  };

  /** A group on a channel of its own, which has its name. */
  async function makeGroup(...args: string[]): Promise<string> {
    const name = uniqueName('group');
    await group('create', name, '--channel', name, ...args);
    return name;
  }

  test('create makes one, or changes it; show, list and delete', async () => {
    const name = uniqueName('group');
    const made = await group<Group>('create', name, 'kind=job', 'data.n__in=1,2', '--visibility', '10m');
    assert.deepEqual(
      [made.name, made.owner, made.channel, made.filter, made.visibility_seconds, made.max_deliveries],
      [name, 'admin', null, { kind: 'job', 'data.n__in': '1,2' }, 600, 10],
    );
    const args = ['channel=node', 'result!=pass', '--max-deliveries=3', '--visibility=5s'];
    const changed = await group<Group>('create', name, ...args);
    assert.deepEqual(
      [changed.channel, changed.filter, changed.visibility_seconds, changed.max_deliveries],
      ['node', { result__ne: 'pass' }, 5, 3],
    );
    assert.deepEqual(await group('show', name), changed);
    assert.ok((await group<Group[]>('list', '--all')).some((one) => one.name === name));
    const table = await kci.ok(['event', 'group', 'list', '--all', '--format=table']);
    assert.match(table, /^NAME +OWNER +CHANNEL +FILTER +LAG +PENDING +DEAD\n/);
    assert.match(table, new RegExp(`^${name} +admin +node +result__ne=pass +\\d+ +0 +0$`, 'm'));
    assert.equal(await kci.ok(['event', 'group', 'delete', name]), '');
    const { code, stderr } = await kci.kci(['event', 'group', 'show', name]);
    assert.equal(code, 1);
    assert.match(stderr, /^Error: HTTP 404 /);
  });

  describe('claiming', () => {
    test('each event goes to one worker, who acknowledges it', async () => {
      const name = await makeGroup();
      await tell(name, 1, 2, 3);
      const first = await claim(name, '--limit', '2', '--worker', 'a');
      const second = await claim(name, '--worker=b');
      assert.deepEqual([dataOf(first), dataOf(second)], [[1, 2], [3]]);
      assert.deepEqual(first[0]?.delivery_count, 1);
      assert.equal((await group<Group>('show', name)).pending, 3);
      assert.deepEqual(await group('ack', name, ...idsOf(first)), { acknowledged: 2 });
      assert.deepEqual(await group('ack', name, ...idsOf(first), ...idsOf(second)), { acknowledged: 1 });
      assert.deepEqual(await claim(name), []);
      assert.equal((await group<Group>('show', name)).pending, 0);
    });

    test('begins where it is told to', async () => {
      const name = uniqueName('group');
      await tell(name, 'before');
      await group('create', name, '--channel', name, '--from', 'oldest');
      assert.deepEqual(dataOf(await claim(name)), ['before']);
    });

    test('an event is waited for', async () => {
      const name = await makeGroup();
      const waiting = claim(name, '--wait', '30s', '--limit=1');
      await tell(name, 'at last');
      assert.deepEqual(dataOf(await waiting), ['at last']);
    });

    test('as lines, and as a table', async () => {
      const name = await makeGroup('--visibility=1s', '--max-deliveries=1000');
      await tell(name, { kind: 'job', op: 'created', name: 'n' }, 'text');
      const again = (...format: string[]) =>
        eventually('both are there', async () => {
          const text = await kci.ok(['event', 'group', 'claim', name, ...format]);
          return text.split('\n').length > 2 ? text : undefined;
        });
      const lines = (await again('--format=jsonl')).split('\n').slice(0, -1);
      assert.deepEqual(dataOf(lines.map((line) => JSON.parse(line) as Claimed)), [
        { kind: 'job', op: 'created', name: 'n' },
        'text',
      ]);
      const table = await again('--format=table');
      assert.match(
        table,
        /^SEQUENCE +.* +NODE +DELIVERY\n\d+ .* created +job +n +- +- +- +\d+\n\d+ .* text /,
      );
    });
  });

  test('what nobody acknowledges is dead in the end, and can be delivered again', async () => {
    const name = await makeGroup('--visibility=1s', '--max-deliveries=1');
    await tell(name, 'poison', 'pill');
    assert.equal((await claim(name, '--worker', 'w1')).length, 2);
    const dead = await eventually('they are dead', async () => {
      await claim(name);
      const found = await group<Claimed[]>('dead', name);
      return found.length === 2 ? found : undefined;
    });
    assert.deepEqual(dataOf(dead), ['poison', 'pill']);
    assert.deepEqual([dead[0]?.delivery_count, dead[0]?.worker], [1, 'w1']);
    const table = await kci.ok(['event', 'group', 'dead', name, '--format=table']);
    assert.match(table, /DELIVERIES +WORKER +DIED\n.* poison .* 1 +w1 +\d{4}-/);
    // From here on nothing dies while the test is slow.
    await group('create', name, '--channel', name, '--visibility=10m', '--max-deliveries=1');
    const [first = ''] = idsOf(dead);
    assert.deepEqual(await group('retry', name, first), { retried: 1 });
    assert.deepEqual(dataOf(await claim(name)), ['poison']);
    assert.deepEqual(await group('retry', name), { retried: 1 });
    assert.deepEqual(dataOf(await claim(name)), ['pill']);
  });

  test('that of somebody else is not for everybody', async () => {
    const name = await makeGroup();
    const { token: bob } = await addAccount(server, token);
    const env = { KCI_API_TOKEN: bob };
    for (const args of [['show'], ['claim'], ['delete'], ['create']]) {
      const { code, stdout, stderr } = await kci.kci(['event', 'group', ...args, name], '', { env });
      assert.deepEqual([code, stdout], [1, ''], stderr);
      assert.match(stderr, /^Error: HTTP 403 /);
    }
    const list = await kci.kci(['event', 'group', 'list', '--all'], '', { env });
    assert.deepEqual([list.code, list.stdout], [0, '[]\n']);
  });

  test('mistakes of the command line', async () => {
    const wrong: [args: string[], error: RegExp][] = [
      [['show', '..'], /^Error: '\.\.' cannot be the name of a group\n/],
      [['ack', 'x'], /^Error: missing required argument 'sequence-ids'\n/],
      [['ack', 'x', '1', 'two'], /^Error: 'two' is not the sequence_id of an event\n/],
      [['retry', 'x', '1.5'], /^Error: '1\.5' is not the sequence_id of an event\n/],
      [['claim', 'x', '--wait=2m'], /^Error: --wait may be up to 60s\n/],
      [['claim', 'x', '--limit=1001'], /whole number from 1 to 1000/],
      [['create', 'x', 'kind'], /^Error: 'kind' is not an attribute/],
      [['create', 'x', '--from=now'], /It has to be 'oldest', 'latest' or/],
    ];
    for (const [args, error] of wrong) {
      const { code, stdout, stderr } = await kci.kci(['event', 'group', ...args]);
      assert.deepEqual([code, stdout], [2, ''], stderr);
      assert.match(stderr, error);
    }
  });
});
