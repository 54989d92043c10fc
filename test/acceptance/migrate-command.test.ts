import assert from 'node:assert/strict';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { forEachEngine } from '../helpers/engines.ts';
import { listen, subscribe } from '../helpers/events.ts';
import { call, login } from '../helpers/http.ts';
import { makeJwt, olderClaims } from '../helpers/jwt.ts';
import { SAMPLE } from '../helpers/mongodump.ts';
import { newPlace, type Place, SECRET_KEY } from '../helpers/place.ts';
import { runApi } from '../helpers/run-command.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

const ALICE = '6b04d52934a06cca78c64450';

forEachEngine(
  'kernelci-api migrate, from this engine to the other and back',
  (engine) => {
    const other = engine === 'sqlite' ? 'postgres' : 'sqlite';
    let place: Place;
    before(async () => {
      place = await newPlace(engine);
      await place.run(['import', 'mongodump', SAMPLE]);
    });

    const exported = async (from: Place): Promise<string[]> => {
      const { code, stdout, stderr } = await from.run(['export', '-']);
      assert.equal(code, 0, stderr);
      return stdout.split('\n').slice(1).sort();
    };

    test('every row arrives, and a server goes on from there', async () => {
      const target = await newPlace(other);
      const { code, stdout, stderr } = await runApi([
        'migrate',
        '--from',
        place.location,
        '--to',
        target.location,
      ]);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /the rows of both are the same/);
      assert.match(stdout, /^nodes +13$/m);
      assert.match(stdout, /^events +27$/m);
      assert.deepEqual(await exported(target), await exported(place));

      const server = await target.start();
      await login(server, 'admin', 'adminpass');
      const token = makeJwt(olderClaims(ALICE), SECRET_KEY);
      const id = await subscribe(server, token, 'chan', 'subscriber_id=dash-1');
      assert.equal((await listen(server, token, id))._sequence_id, 22);
      const created = await call<{ id: string }>(server, 'POST', '/latest/node', {
        token,
        json: { kind: 'process', name: 'new', path: ['new'] },
      });
      assert.equal(created.status, 200, created.text);
      const { body } = await call<{ sequence_id: number }[]>(
        server,
        'GET',
        `/latest/events?node_id=${created.body.id}`,
      );
      assert.deepEqual(
        body.map(({ sequence_id }) => sequence_id),
        [28],
      );
      await server.stop();

      const home = await newPlace(engine);
      const back = await runApi(['migrate', '--from', target.location, '--to', home.location]);
      assert.equal(back.code, 0, back.stderr);
      assert.deepEqual(await exported(home), await exported(target));
      const again = await home.start();
      assert.equal((await call(again, 'GET', `/latest/node/${created.body.id}`)).status, 200);
      await login(again, 'admin', 'adminpass');
    });

    test('a target that is used is refused and stays as it is', async () => {
      const target = await newPlace(other);
      const server = await target.start();
      const { code, stdout, stderr } = await runApi([
        'migrate',
        '--from',
        place.location,
        '--to',
        target.location,
      ]);
      assert.equal(code, 1);
      assert.equal(stdout, '');
      assert.match(stderr, /the database is not empty/);
      await login(server, server.admin.username, server.admin.password);
    });
  },
  { ownProcess: true },
);

describe('kernelci-api migrate, its usage', () => {
  const somewhere = () => `sqlite:${path.join(makeTempFolder('migrate'), 'kernelci.db')}`;

  test('a source that is not there', async () => {
    const { code, stderr } = await runApi(['migrate', '--from', somewhere(), '--to', somewhere()]);
    assert.equal(code, 1);
    assert.match(stderr, /there is no database at/);
  });

  test('what names no database', async () => {
    const { code, stderr } = await runApi(['migrate', '--from', somewhere(), '--to', 'mysql://x']);
    assert.equal(code, 1);
    assert.match(stderr, /--to mysql:\/\/x: name a database as sqlite:/);
  });

  test('a server that does not answer', async () => {
    const to = 'postgres://nobody:hidden@127.0.0.1:1/nothing';
    const { code, stderr } = await runApi(['migrate', '--from', to, '--to', somewhere()]);
    assert.equal(code, 1);
    assert.match(stderr, /the PostgreSQL database of --from cannot be used: .*ECONNREFUSED/);
    assert.doesNotMatch(stderr, /hidden/);
  });

  test('without --to, and help', async () => {
    const { code, stderr } = await runApi(['migrate', '--from', somewhere()]);
    assert.equal(code, 2);
    assert.match(stderr, /required option '--to <database>' not specified/);
    const help = await runApi(['migrate', '--help']);
    assert.equal(help.code, 0);
    assert.match(help.stdout, /sqlite:\/path\/to\/kernelci\.db/);
  });
});
