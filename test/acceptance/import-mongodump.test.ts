import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { forEachEngine } from '../helpers/engines.ts';
import { listen, subscribe } from '../helpers/events.ts';
import { call, login } from '../helpers/http.ts';
import { makeJwt, olderClaims } from '../helpers/jwt.ts';
import { outcome, SAMPLE, sampleDocuments, shown } from '../helpers/mongodump.ts';
import { newPlace, type Place, SECRET_KEY } from '../helpers/place.ts';
import type { CommandResult } from '../helpers/run-command.ts';
import { runApi } from '../helpers/run-command.ts';
import type { TestServer } from '../helpers/server.ts';
import { TerminalSession } from '../helpers/terminal-session.ts';

/** Given out by the server that the sample is from. */
const ADMIN_TOKEN =
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI2YjA0ZDUyNDM0YTA2Y2NhNzhjNjQ0NGQiLCJhdWQiOlsiZmFzdGFwaS11c2Vycz' +
  'phdXRoIl0sImV4cCI6MjExMDgzNjU5N30.eAW65lmLZCQAGuUEem5uCkLcuQAJhB6iUJ0hW33julM';
const ALICE = '6b04d52934a06cca78c64450';

interface Entry {
  sequence_id: number;
  channel: string;
  owner: string;
  timestamp: string;
  data: unknown;
  id: string;
}

const TITLES = ['groups', 'users', 'nodes', 'events', 'subscriptions', 'telemetry'];

forEachEngine(
  'import of the sample dump',
  (engine) => {
    let place: Place;
    let server: TestServer;
    let imported: CommandResult;
    before(async () => {
      place = await newPlace(engine);
      imported = await place.run(['import', 'mongodump', SAMPLE]);
      server = await place.start();
    });

    test('takes everything and says so', () => {
      assert.equal(imported.code, 0, imported.stderr);
      const counts = TITLES.map((title) => outcome(imported.stdout, title));
      assert.deepEqual(
        counts,
        [2, 2, 13, 27, 1, 11].map((taken) => ({ taken, there: 0, leftOut: 0 })),
      );
      assert.doesNotMatch(imported.stdout, /Left out/);
      assert.match(imported.stderr, /^nodes 100 % {2}13 /m);
    });

    test('there is an admin already: the first start makes none', () => {
      assert.doesNotMatch(server.output(), /First start/);
    });

    test('a token of the existing server is accepted', async () => {
      const { status, body } = await call<{ username: string; id: string }>(server, 'GET', '/latest/whoami', {
        token: ADMIN_TOKEN,
      });
      assert.equal(status, 200);
      assert.deepEqual([body.username, body.id], ['admin', '6b04d52434a06cca78c6444d']);
    });

    test('passwords stay; unverified addresses too', async () => {
      await login(server, 'admin', 'adminpass');
      await assert.rejects(login(server, 'admin', 'another password'), /LOGIN_BAD_CREDENTIALS/);
      await assert.rejects(login(server, 'alice', 'alicepass3'), /LOGIN_USER_NOT_VERIFIED/);
    });

    test('users have their groups', async () => {
      const { body } = await call(server, 'GET', `/latest/user/${ALICE}`, { token: ADMIN_TOKEN });
      assert.deepEqual(body, {
        id: ALICE,
        email: 'alice2@kernelci.org',
        is_active: true,
        is_superuser: true,
        is_verified: false,
        username: 'alice',
        groups: [{ id: '6b04d52934a06cca78c6444e', name: 'kernelci' }],
      });
    });

    test('every node reads as it did, in its place', async () => {
      const documents = sampleDocuments('node');
      const expected = documents.map(({ _id, id, ...rest }) => shown({ id: id ?? _id, ...rest }));
      const { body } = await call<{ items: unknown[] }>(server, 'GET', '/latest/nodes?limit=100');
      assert.deepEqual(body.items, expected);
      const one = expected[5] as { id: string };
      assert.equal(
        (await call(server, 'GET', `/latest/node/${one.id}`)).text,
        JSON.stringify(expected[5]),
        'keys in their order',
      );
    });

    test('nodes are found by what they hold', async () => {
      const found = async (query: string) =>
        (await call<{ id: string }[]>(server, 'GET', `/latest/nodes/fast?${query}`)).body.map(({ id }) => id);
      assert.deepEqual(await found('data.runtime=lava-lab'), ['6b04d52b34a06cca78c6445c']);
      assert.deepEqual(await found('parent=6b04d52b34a06cca78c64452'), ['6b04d52b34a06cca78c6445c']);
    });

    test('events keep their numbers, and the next one is above them', async () => {
      const { body } = await call<Entry[]>(server, 'GET', '/latest/events');
      const expected = sampleDocuments('eventhistory').map(({ _id, ...rest }) => shown({ ...rest, id: _id }));
      assert.deepEqual(
        body.map(({ timestamp, sequence_id, channel, owner, data, id }) => ({
          ...{ timestamp, sequence_id, channel, owner, data, id },
        })),
        expected,
      );
      const published = await call(server, 'POST', '/latest/publish/other', {
        token: ADMIN_TOKEN,
        json: { data: { a: 1 } },
      });
      assert.equal(published.status, 200);
      const after = await call<Entry[]>(server, 'GET', '/latest/events?channel=other');
      assert.deepEqual(
        after.body.map(({ sequence_id }) => sequence_id),
        [28],
      );
    });

    test('a durable subscriber goes on where it was', async () => {
      const token = makeJwt(olderClaims(ALICE), SECRET_KEY);
      const id = await subscribe(server, token, 'chan', 'subscriber_id=dash-1');
      const first = await listen(server, token, id);
      assert.deepEqual([first._sequence_id, first.data], [22, { hello: 'world' }]);
      const second = await listen(server, token, id);
      assert.deepEqual([second._sequence_id, second.data], [23, { hello: 2 }]);
    });

    test('telemetry is there', async () => {
      const { body } = await call<{ items: { error_msg: string | null }[]; total: number }>(
        server,
        'GET',
        '/latest/telemetry?error_type=Infrastructure',
      );
      const known = sampleDocuments('telemetry').filter(({ error_type }) => error_type === 'Infrastructure');
      assert.ok(known.length > 0);
      assert.equal(body.total, known.length);
      assert.deepEqual(
        body.items.map(({ error_msg }) => error_msg).sort(),
        known.map(({ error_msg }) => error_msg).sort(),
      );
    });

    test('run again while the server runs, it changes nothing', async () => {
      const path = '/latest/node/6b04d52b34a06cca78c64454';
      const changed = await call(server, 'PATCH', path, { token: ADMIN_TOKEN, json: { state: 'done' } });
      assert.equal(changed.status, 200, changed.text);
      const node = (await call(server, 'GET', path)).text;
      const again = await place.run(['import', 'mongodump', `${SAMPLE}/kernelci`]);
      assert.equal(again.code, 0, again.stderr);
      const counts = TITLES.map((title) => outcome(again.stdout, title));
      assert.deepEqual(
        counts,
        [2, 2, 13, 27, 1, 11].map((there) => ({ taken: 0, there, leftOut: 0 })),
      );
      assert.equal((await call(server, 'GET', path)).text, node);
      await login(server, 'admin', 'adminpass');
    });
  },
  { ownProcess: true },
);

describe('import mongodump, its usage', () => {
  test('a folder that is no dump', async () => {
    const { code, stderr } = await runApi(['import', 'mongodump', '.']);
    assert.equal(code, 1);
    assert.match(stderr, /has no \.bson files/);
  });

  test('without a folder', async () => {
    const { code, stderr } = await runApi(['import', 'mongodump']);
    assert.equal(code, 2);
    assert.match(stderr, /missing required argument 'folder'/);
  });

  test('on a terminal it draws a bar', async () => {
    const session = await TerminalSession.open();
    const shown = await session.run(`kernelci-api import mongodump ${SAMPLE}`);
    assert.equal(await session.status(), 0);
    assert.ok(shown.includes(`nodes          ${'█'.repeat(30)} 100 %  13  `), shown);
    assert.match(shown, /^nodes +13 +0 +0$/m);
  });

  test('help', async () => {
    const { code, stdout } = await runApi(['import', 'mongodump', '--help']);
    assert.equal(code, 0);
    assert.match(stdout, /docs\/moving-in\.md/);
  });
});
