import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { forEachEngine } from '../helpers/engines.ts';
import { listen, subscribe } from '../helpers/events.ts';
import { call, login } from '../helpers/http.ts';
import { SAMPLE } from '../helpers/mongodump.ts';
import { newPlace, type Place } from '../helpers/place.ts';
import { runApi } from '../helpers/run-command.ts';
import type { TestServer } from '../helpers/server.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

const NEW_NODE = {
  kind: 'checkout',
  name: 'after the import',
  path: ['checkout'],
  data: { text: 'ü “quoted” \\ \n 😀 \u2028', number: 1e21, deep: [[{ a: null }]] },
};

/** What the API tells of everything that it holds. */
async function everything(server: { url: string }, token: string): Promise<Record<string, unknown>> {
  const paths = [
    'nodes?limit=1000',
    'events',
    'users',
    'groups',
    'telemetry?limit=1000',
    'kv/ns/key',
    'webhooks',
  ];
  const answers = await Promise.all(paths.map((name) => call(server, 'GET', `/latest/${name}`, { token })));
  return Object.fromEntries(paths.map((name, i) => [name, answers[i]?.body]));
}

/** A place with the sample and some of what only this server has. */
async function filled(place: Place): Promise<{ server: TestServer; token: string }> {
  assert.equal((await place.run(['import', 'mongodump', SAMPLE])).code, 0);
  const server = await place.start();
  const token = await login(server, 'admin', 'adminpass');
  const send = async (method: string, path: string, json: unknown) => {
    const { status, text, body } = await call<{ id: string }>(server, method, path, { token, json });
    assert.ok(status < 300, text);
    return body;
  };
  await send('POST', '/latest/node', NEW_NODE);
  await send('POST', '/latest/kv/ns/key', 'a value');
  const webhook = { url: 'https://example.org/hook', channel: 'never' };
  const { id } = await send('POST', '/latest/webhooks', webhook);
  // One that is active moves along the log by itself.
  await send('PATCH', `/latest/webhooks/${id}`, { active: false });
  return { server, token };
}

/** Puts a backup where a new server finds it, as docs/backup.md says. */
async function restore(file: string, target: Place): Promise<void> {
  if (target.engine === 'sqlite') {
    mkdirSync(target.dataDir);
    copyFileSync(file, path.join(target.dataDir, 'kernelci.db'));
    return;
  }
  const { code, stderr } = await target.run(['import', file]);
  assert.equal(code, 0, stderr);
}

forEachEngine(
  'backup and export',
  (engine) => {
    let place: Place;
    let server: TestServer;
    let token: string;
    let folder: string;
    before(async () => {
      place = await newPlace(engine);
      ({ server, token } = await filled(place));
      folder = makeTempFolder('backups');
    });

    /** The restored server tells the same, its passwords and tokens work, and its log goes on. */
    async function assertSame(target: Place): Promise<void> {
      const expected = await everything(server, token);
      const restored = await target.start();
      assert.deepEqual(await everything(restored, token), expected);
      await login(restored, 'admin', 'adminpass');
      const numbers = expected.events as { sequence_id: number }[];
      const id = await subscribe(restored, token, 'fresh', 'promisc=true');
      await call(restored, 'POST', '/latest/publish/fresh', { token, json: { data: 1 } });
      const event = await listen(restored, token, id);
      assert.ok((event._sequence_id ?? 0) > (numbers.at(-1)?.sequence_id ?? 0));
    }

    test('a backup of a running server is a whole one', async () => {
      const file = path.join(folder, 'one.backup');
      const { code, stdout, stderr } = await place.run(['backup', file]);
      assert.equal(code, 0, stderr);
      assert.ok(stdout.includes(file));
      assert.equal(statSync(file).mode & 0o777, 0o600);
      const target = await newPlace(engine);
      await restore(file, target);
      await assertSame(target);
    });

    test('while nodes are written, it is that of one moment', async () => {
      const file = path.join(folder, 'busy.backup');
      let isDone = false;
      const writing = (async () => {
        let written = 0;
        for (; !isDone || written === 0; written += 1)
          await call(server, 'POST', '/latest/node', {
            token,
            json: { ...NEW_NODE, name: `busy ${written}` },
          });
        return written;
      })();
      const { code, stderr } = await place.run(['backup', file]).finally(() => {
        isDone = true;
      });
      assert.equal(code, 0, stderr);
      const written = await writing;
      const target = await newPlace(engine);
      await restore(file, target);
      const restored = await target.start();
      const names = (
        await call<{ name: string }[]>(restored, 'GET', '/latest/nodes/fast?name__re=^busy')
      ).body.map(({ name }) => name);
      assert.deepEqual(
        names,
        names.map((_, i) => `busy ${i}`),
      );
      assert.ok(names.length <= written);
      const events = await call<unknown[]>(restored, 'GET', '/latest/events?op=created&name__re=^busy');
      assert.equal(events.body.length, names.length, 'each node with its event');
    });

    test('an export goes into either engine, and again comes out the same', async () => {
      const file = path.join(folder, 'all.jsonl');
      const { code, stderr } = await place.run(['export', file]);
      assert.equal(code, 0, stderr);
      assert.equal(statSync(file).mode & 0o777, 0o600);
      const [header, ...rows] = readFileSync(file, 'utf8').split('\n');
      assert.equal(JSON.parse(header ?? '').format, 'kernelci-api export 1');
      for (const other of ['sqlite', 'postgres'] as const) {
        const target = await newPlace(other);
        const imported = await target.run(['import', '-'], {}, readFileSync(file));
        assert.equal(imported.code, 0, imported.stderr);
        assert.match(imported.stdout, /every row is as it was exported/);
        const again = await target.run(['export', '-']);
        assert.equal(again.code, 0);
        const [, ...same] = again.stdout.split('\n');
        assert.deepEqual(same.sort(), [...rows].sort());
        if (other === engine) await assertSame(target);
      }
    });

    test('a file that is there stays', async () => {
      const file = path.join(folder, 'mine');
      writeFileSync(file, 'mine');
      for (const command of ['backup', 'export']) {
        const { code, stderr } = await place.run([command, file]);
        assert.equal(code, 1);
        assert.match(stderr, /is there already/);
      }
      assert.equal(readFileSync(file, 'utf8'), 'mine');
      assert.equal(existsSync(`${file}.part`), false);
    });

    test('a database that is used takes no export', async () => {
      const file = path.join(folder, 'refused.jsonl');
      await place.run(['export', file]);
      const target = await newPlace(engine);
      const other = await target.start();
      const { code, stderr } = await target.run(['import', file]);
      assert.equal(code, 1);
      assert.match(stderr, /the database is not empty \(there are rows in \w+\)/);
      await login(other, other.admin.username, other.admin.password);
    });

    test('of a damaged or unfinished export nothing is taken', async () => {
      const file = path.join(folder, 'whole.jsonl');
      await place.run(['export', file]);
      const text = readFileSync(file, 'utf8');
      const target = await newPlace(engine);
      const refused = async (damaged: string, reason: RegExp) => {
        const { code, stderr } = await target.run(['import', '-'], {}, damaged);
        assert.equal(code, 1, stderr);
        assert.match(stderr, reason);
      };
      await refused(text.slice(0, -20), /ends within a line/);
      await refused(text.slice(0, text.lastIndexOf('{"end"')), /has no last line/);
      await refused(
        text.replace('alice2@kernelci.org', 'alice3@kernelci.org'),
        /rows of users are not those/,
      );
      await refused(text.replace('"steps":["0001-accounts",', '"steps":["0000-before",'), /schema ends with/);
      await refused('something else\n', /no export of kernelci-api/);
      const whole = await target.run(['import', file]);
      assert.equal(whole.code, 0, whole.stderr);
    });

    test('a folder that cannot be written', async () => {
      const { code, stderr } = await place.run(['backup', path.join(folder, 'nowhere', 'file')]);
      assert.equal(code, 1);
      assert.match(stderr, /ENOENT/);
    });
  },
  { ownProcess: true },
);

describe('backup, export and import, their usage', () => {
  for (const command of ['backup', 'export', 'import']) {
    test(`${command} without a file, and its help`, async () => {
      assert.equal((await runApi([command])).code, 2);
      const { code, stdout } = await runApi([command, '--help']);
      assert.equal(code, 0);
      assert.match(stdout, new RegExp(`Usage: kernelci-api ${command} `));
    });
  }

  test('where there is no database, or no file', async () => {
    const KCI_DATA_DIR = path.join(makeTempFolder('none'), 'data');
    for (const command of ['backup', 'export']) {
      const { code, stderr } = await runApi([command, path.join(makeTempFolder('out'), 'f')], {
        env: { KCI_DATA_DIR },
      });
      assert.equal(code, 1);
      assert.match(stderr, /there is no database at/);
    }
    const { code, stderr } = await runApi(['import', '/nowhere/at/all'], { env: { KCI_DATA_DIR } });
    assert.equal(code, 1);
    assert.match(stderr, /there is no file/);
  });
});
