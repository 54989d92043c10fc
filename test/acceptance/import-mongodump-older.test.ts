import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Long } from 'bson';
import { forEachEngine } from '../helpers/engines.ts';
import { listenCall, subscribe } from '../helpers/events.ts';
import { call, login } from '../helpers/http.ts';
import { makeDump, objectId, outcome } from '../helpers/mongodump.ts';
import { newPlace, type Place } from '../helpers/place.ts';
import type { CommandResult } from '../helpers/run-command.ts';
import type { TestServer } from '../helpers/server.ts';
import { runSql } from '../helpers/sql.ts';

const BOB = '5f00000000000000000000b0';
const BOB_PASSWORD = 'old-password-of-bob';
const BOB_HASH = '$2b$04$6ZwY8h6VV1tkXqRO8850ZOLFEgAbjHOUtt76FZ6d.10sxtbZWTDcO';
const CHECKOUT = '5f0000000000000000000001';
const REGRESSION = '5f0000000000000000000002';
const AT = new Date('2020-07-04T04:26:08.120Z');

/** As first releases of the existing server wrote: bcrypt, few fields, text where there are ids and numbers now. */
function olderDump(): string {
  const eventData = { op: 'created', id: CHECKOUT, kind: 'checkout', name: 'checkout', state: 'running' };
  return makeDump(
    {
      usergroup: [{ _id: objectId('5f00000000000000000000a1'), name: 'runtime:lab:node-editor' }],
      user: [
        {
          _id: objectId(BOB),
          username: 'bob',
          email: 'Bob@example.org',
          hashed_password: BOB_HASH,
          is_active: 1,
          is_superuser: 1,
          is_verified: 1,
          groups: [{ _id: objectId('5f00000000000000000000a1'), name: 'runtime:lab:node-editor' }],
        },
      ],
      node: [
        {
          _id: objectId(CHECKOUT),
          kind: 'checkout',
          name: 'checkout',
          path: ['checkout'],
          data: {
            kernel_revision: {
              ...{ tree: 'mainline', url: 'https://example.org/linux.git', branch: 'master', commit: 'c1' },
              version: { version: '6', patchlevel: '12', extra: '-rc1' },
            },
            seen: Long.fromNumber(5_000_000_000),
            when: AT,
          },
          created: AT,
          updated: AT,
          timeout: AT,
          owner: 'bob',
        },
        {
          _id: objectId(REGRESSION),
          id: objectId(REGRESSION),
          kind: 'regression',
          name: 'login',
          path: ['checkout', 'login'],
          parent: CHECKOUT.toUpperCase(),
          state: 'done',
          result: 'fail',
          data: { fail_node: objectId(CHECKOUT), pass_node: CHECKOUT, node_sequence: [objectId(CHECKOUT)] },
          created: AT,
          updated: AT,
          timeout: AT,
          owner: 'bob',
        },
      ],
      eventhistory: [
        { _id: objectId('5f00000000000000000000e1'), timestamp: new Date(), data: eventData },
        {
          _id: objectId('5f00000000000000000000e2'),
          timestamp: new Date(),
          data: { ...eventData, op: 'updated' },
        },
        {
          _id: objectId('5f00000000000000000000e3'),
          timestamp: new Date(),
          sequence_id: Long.fromNumber(41),
          channel: 'node',
          owner: 'bob',
          data: eventData,
        },
      ],
      subscriber_state: [
        {
          _id: objectId('5f00000000000000000000c1'),
          ...{ subscriber_id: 'far', channel: 'node', user: 'bob', promiscuous: true, last_event_id: 70 },
          created_at: AT,
        },
        {
          _id: objectId('5f00000000000000000000c2'),
          ...{ subscriber_id: 'behind', channel: 'node', user: 'bob', promiscuous: true, last_event_id: 2 },
          created_at: AT,
        },
      ],
    },
    { gzip: true },
  );
}

forEachEngine(
  'import of an older dump, compressed',
  (engine) => {
    let place: Place;
    let server: TestServer;
    let imported: CommandResult;
    before(async () => {
      place = await newPlace(engine);
      imported = await place.run(['import', 'mongodump', olderDump()]);
      server = await place.start();
    });

    test('takes everything', () => {
      assert.equal(imported.code, 0, imported.stdout + imported.stderr);
      assert.deepEqual(outcome(imported.stdout, 'events'), { taken: 3, there: 0, leftOut: 0 });
    });

    test('a bcrypt password works, and its hash becomes argon2id', async () => {
      const hash = async () =>
        (await runSql(place, 'select hashed_password from users where id = $1', [BOB]))[0]?.hashed_password;
      assert.equal(await hash(), BOB_HASH);
      await login(server, 'bob', BOB_PASSWORD);
      assert.match(String(await hash()), /^\$argon2id\$/);
      await login(server, 'bob', BOB_PASSWORD);
    });

    test('fields that came later have their defaults', async () => {
      const { body } = await call<Record<string, unknown>>(server, 'GET', `/latest/node/${CHECKOUT}`);
      const { id, kind, name, path, created, updated, timeout, owner, data, ...rest } = body;
      assert.deepEqual(
        [id, kind, name, path, owner],
        [CHECKOUT, 'checkout', 'checkout', ['checkout'], 'bob'],
      );
      assert.deepEqual([created, updated, timeout], Array(3).fill('2020-07-04T04:26:08.120000'));
      assert.deepEqual(rest, {
        ...{ group: null, parent: null, state: 'running', result: null, artifacts: {}, debug: {} },
        ...{ jobfilter: null, platform_filter: [], holdoff: null, submitter: null, treeid: null },
        ...{ user_groups: [], processed_by_kcidb_bridge: false, retry_counter: 0 },
      });
      assert.deepEqual(data, {
        kernel_revision: {
          ...{ tree: 'mainline', url: 'https://example.org/linux.git', branch: 'master', commit: 'c1' },
          version: { version: 6, patchlevel: 12, extra: '-rc1' },
        },
        seen: 5_000_000_000,
        when: '2020-07-04T04:26:08.120000',
      });
    });

    test('ids are text, whichever way they were written', async () => {
      const { body } = await call<Record<string, unknown>>(server, 'GET', `/latest/node/${REGRESSION}`);
      assert.equal(body.parent, CHECKOUT);
      assert.deepEqual(body.data, { fail_node: CHECKOUT, pass_node: CHECKOUT, node_sequence: [CHECKOUT] });
    });

    test('events without a number come before the first that has one', async () => {
      const { body } = await call<{ sequence_id: number; channel: string; owner: string | null }[]>(
        server,
        'GET',
        '/latest/events',
      );
      assert.deepEqual(
        body.map(({ sequence_id, channel, owner }) => [sequence_id, channel, owner]),
        [
          [39, 'node', null],
          [40, 'node', null],
          [41, 'node', 'bob'],
        ],
      );
    });

    test('what comes next is numbered above every number that anybody was told', async () => {
      const token = await login(server, 'bob', BOB_PASSWORD);
      await call(server, 'POST', '/latest/publish/node', { token, json: { data: 'next' } });
      const id = await subscribe(server, token, 'node', 'subscriber_id=far&promisc=true');
      const heard = await listenCall(server, token, id);
      const event = JSON.parse(heard.body.data);
      assert.deepEqual([event._sequence_id, event.data], [71, 'next']);
    });

    test('a subscriber that stands before the first event is told that it missed some', async () => {
      const token = await login(server, 'bob', BOB_PASSWORD);
      const id = await subscribe(server, token, 'node', 'subscriber_id=behind&promisc=true');
      const heard = await listenCall(server, token, id);
      assert.equal(JSON.parse(heard.body.data)._sequence_id, 39);
      assert.match(heard.headers.get('warning') ?? '', /^199/);
    });

    test('run again, everything is there', async () => {
      const again = await place.run(['import', 'mongodump', olderDump()]);
      assert.equal(again.code, 0, again.stdout);
      for (const title of ['users', 'nodes', 'subscriptions'])
        assert.equal(outcome(again.stdout, title).taken, 0, title);
    });
  },
  { ownProcess: true },
);
