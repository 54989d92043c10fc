import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { forEachEngine } from '../helpers/engines.ts';
import { eventually } from '../helpers/eventually.ts';
import { call, login } from '../helpers/http.ts';
import { makeDump, objectId, outcome, sampleDocuments } from '../helpers/mongodump.ts';
import { newPlace, type Place } from '../helpers/place.ts';
import { exitOf } from '../helpers/process-output.ts';
import { API_BIN } from '../helpers/project.ts';
import { commandEnvironment } from '../helpers/run-command.ts';
import { runSql } from '../helpers/sql.ts';

const AT = new Date('2026-01-02T03:04:05Z');
const idOf = (n: number): string => `5f${n.toString(16).padStart(22, '0')}`;

const nodeDocument = (n: number, changes: Record<string, unknown> = {}) => ({
  _id: objectId(idOf(n)),
  ...{ kind: 'checkout', name: `node-${n}`, path: ['checkout'], state: 'running', owner: 'bob', data: {} },
  ...{ created: AT, updated: AT, timeout: AT },
  ...changes,
});

const userDocument = (n: number, username: string, changes: Record<string, unknown> = {}) => ({
  _id: objectId(idOf(n)),
  ...{ username, email: `${username}@example.org`, hashed_password: '$argon2id$x', is_active: true },
  ...{ is_superuser: false, is_verified: true, groups: [] },
  ...changes,
});

const eventDocument = (n: number, changes: Record<string, unknown>) => ({
  _id: objectId(idOf(n)),
  ...{ timestamp: AT, channel: 'node', owner: 'bob', data: { a: 1 } },
  ...changes,
});

async function count(place: Place, table: string): Promise<number> {
  const [row] = await runSql(place, `select count(*) as n from ${table}`);
  return Number(row?.n);
}

forEachEngine(
  'what an import leaves out',
  (engine) => {
    test('is told with the reason, and all else is taken', async () => {
      const place = await newPlace(engine);
      const dump = makeDump({
        user: [
          userDocument(1, 'bob'),
          userDocument(2, 'bob', { email: 'other@example.org' }),
          userDocument(3, 'rob', { email: 'BOB@example.org' }),
        ],
        node: [
          nodeDocument(10),
          nodeDocument(11, { kind: 'node' }),
          nodeDocument(12, { data: { text: 'a\u0000b' } }),
          nodeDocument(13, { created: new Date(8.64e15) }),
          nodeDocument(14, { state: 'waiting' }),
          nodeDocument(15, { data: { text: 'a\\u0000b' } }),
          nodeDocument(16, { kind: 'node' }),
        ],
        eventhistory: [
          eventDocument(20, { sequence_id: 1 }),
          eventDocument(21, { sequence_id: 1 }),
          eventDocument(22, {}),
          eventDocument(23, { sequence_id: 2, data: { text: '\u0000' } }),
        ],
        subscriber_state: [
          { _id: objectId(idOf(30)), subscriber_id: 's', channel: 'node', user: 'nobody', last_event_id: 1 },
        ],
        telemetry: [
          { _id: objectId(idOf(40)), ts: AT, kind: 'job_result', runtime: 'lab' },
          { _id: objectId(idOf(41)), ts: AT, kind: 'weather', runtime: 'lab' },
        ],
      });
      const { code, stdout } = await place.run(['import', 'mongodump', dump]);
      assert.equal(code, 1);
      assert.deepEqual(outcome(stdout, 'users'), { taken: 1, there: 0, leftOut: 2 });
      assert.deepEqual(outcome(stdout, 'nodes'), { taken: 2, there: 0, leftOut: 5 });
      assert.deepEqual(outcome(stdout, 'events'), { taken: 1, there: 0, leftOut: 3 });
      assert.deepEqual(outcome(stdout, 'subscriptions'), { taken: 0, there: 0, leftOut: 1 });
      assert.deepEqual(outcome(stdout, 'telemetry'), { taken: 1, there: 0, leftOut: 1 });
      const reasons = stdout.split('Left out:\n')[1] ?? '';
      for (const reason of [
        `users: 1 × its username belongs to another account, ${idOf(1)} (bob)`,
        'users: 1 × its email belongs to another account, bob (rob)',
        `nodes: 2 × its kind is "node" (${idOf(11)}, ${idOf(16)})`,
        `nodes: 1 × it holds the character U+0000 (${idOf(12)})`,
        `nodes: 1 × its created is no date of the years 1 to 9999 (${idOf(13)})`,
        `nodes: 1 × its state is "waiting" (${idOf(14)})`,
        `events: 1 × its sequence_id belongs to another event (${idOf(21)} (1))`,
        `events: 1 × it has no sequence_id, and no number is free before the first (${idOf(22)})`,
        `events: 1 × it holds the character U+0000 (${idOf(23)})`,
        'subscriptions: 1 × its user "nobody" is not known (s)',
        `telemetry: 1 × its kind is "weather" (${idOf(41)})`,
      ]) {
        assert.ok(reasons.includes(reason), `${reason}\nis not in\n${reasons}`);
      }
    });

    test('of a file that is cut off, what is whole is taken', async () => {
      const place = await newPlace(engine);
      const dump = makeDump({ node: [1, 2, 3].map((n) => nodeDocument(n)), telemetry: [] });
      const file = path.join(dump, 'kernelci/node.bson');
      const whole = readFileSync(file);
      truncateSync(file, whole.length - 5);
      const cut = await place.run(['import', 'mongodump', dump]);
      assert.equal(cut.code, 1);
      assert.match(cut.stdout, /nodes: 1 × the rest of the file: ends within the document at byte \d+/);
      assert.equal(outcome(cut.stdout, 'nodes').taken, 2);
      writeFileSync(file, whole);
      const again = await place.run(['import', 'mongodump', dump]);
      assert.equal(again.code, 0);
      assert.deepEqual(outcome(again.stdout, 'nodes'), { taken: 1, there: 2, leftOut: 0 });
    });
  },
  { ownProcess: true },
);

forEachEngine(
  'import into a server that has been used',
  (engine) => {
    test('groups are merged by name, memberships are mapped, the first admin stays', async () => {
      const place = await newPlace(engine);
      const server = await place.start();
      const token = await login(server, server.admin.username, server.admin.password);
      interface Group {
        id: string;
        name: string;
      }
      const groups = async () =>
        (await call<{ items: Group[] }>(server, 'GET', '/latest/groups', { token })).body.items;
      const before = await groups();
      const theirs = { _id: objectId(idOf(90)), name: 'admin' };
      const dump = makeDump({
        usergroup: [theirs, { _id: objectId(idOf(91)), name: 'lab' }],
        user: [
          userDocument(1, 'carol', {
            groups: [
              { id: theirs._id, name: 'admin' },
              { id: objectId(idOf(91)), name: 'lab' },
            ],
          }),
          ...sampleDocuments('user').filter(({ username }) => username === 'admin'),
        ],
      });
      const { code, stdout } = await place.run(['import', 'mongodump', dump]);
      assert.equal(code, 1);
      assert.match(stdout, /users: 1 × its username belongs to another account, [0-9a-f]{24} \(admin\)/);
      assert.deepEqual(outcome(stdout, 'groups'), { taken: 1, there: 1, leftOut: 0 });
      const after = await groups();
      assert.deepEqual(after, [...before, { id: idOf(91), name: 'lab' }]);
      const carol = await call<{ groups: Group[] }>(server, 'GET', `/latest/user/${idOf(1)}`, { token });
      assert.deepEqual(carol.body.groups, [
        before.find(({ name }) => name === 'admin'),
        { id: idOf(91), name: 'lab' },
      ]);
      await login(server, server.admin.username, server.admin.password);
    });
  },
  { ownProcess: true },
);

forEachEngine(
  'an import that is killed',
  (engine) => {
    const NODES = 20_000;
    let place: Place;
    let dump: string;
    before(async () => {
      place = await newPlace(engine);
      dump = makeDump({ node: Array.from({ length: NODES }, (_, n) => nodeDocument(n)) });
    });

    test('goes on where it was, and each node is there once, in its place', async () => {
      const child = spawn(process.execPath, [API_BIN, 'import', 'mongodump', dump], {
        env: commandEnvironment({ env: place.env }),
        stdio: 'ignore',
      });
      const stored = () => count(place, 'nodes').catch(() => 0);
      await eventually('some nodes are stored', async () => ((await stored()) > 0 ? true : undefined));
      child.kill('SIGKILL');
      assert.equal(await exitOf(child), null);
      const there = await stored();
      assert.ok(there > 0 && there < NODES, `killed half way: ${there}`);
      const { code, stdout } = await place.run(['import', 'mongodump', dump]);
      assert.equal(code, 0, stdout);
      assert.deepEqual(outcome(stdout, 'nodes'), { taken: NODES - there, there, leftOut: 0 });
      const rows = await runSql(place, 'select id from nodes order by seq');
      assert.deepEqual(
        rows.map(({ id }) => id),
        Array.from({ length: NODES }, (_, n) => idOf(n)),
      );
    });
  },
  { ownProcess: true },
);
