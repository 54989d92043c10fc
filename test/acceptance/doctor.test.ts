import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { forEachEngine, onlyOn } from '../helpers/engines.ts';
import { newPlace } from '../helpers/place.ts';
import { runApi } from '../helpers/run-command.ts';
import { startSmtpServer } from '../helpers/smtp.ts';
import { runSql } from '../helpers/sql.ts';

/** The lines of the sign. */
const lines = (stdout: string, sign: string): string[] =>
  stdout.split('\n').filter((line) => line.startsWith(`${sign} `));

forEachEngine(
  'kernelci-api doctor',
  (engine) => {
    test('all is well where a server runs, mails are sent and links have an address', async () => {
      const place = await newPlace(engine);
      await place.start();
      const smtp = await startSmtpServer();
      const { code, stdout } = await place.run(['doctor'], {
        SMTP_HOST: '127.0.0.1',
        SMTP_PORT: String(smtp.port),
        EMAIL_SENDER: 'api@example.org',
        PUBLIC_BASE_URL: 'https://api.example.org',
      });
      assert.equal(code, 0, stdout);
      assert.deepEqual(lines(stdout, '✘'), []);
      // How much room the disk of a test has is not the server's affair.
      assert.deepEqual(
        lines(stdout, '!').filter((line) => !line.includes('MB free')),
        [],
      );
      for (const text of [
        /✔ Node 2\d\./,
        /✔ the configuration can be read/,
        /✔ the data folder \S+ can be written/,
        /MB free on the disk/,
        /✔ SECRET_KEY is set/,
        engine === 'postgres'
          ? /✔ the database answers: PostgreSQL \d+/
          : /✔ the database answers: SQLite 3\./,
        engine === 'postgres' ? /✔ the database's clock and ours agree/ : /✔ the database file is sound/,
        /✔ the schema is that of this release \(\d{4}-/,
        /✔ the mail server 127\.0\.0\.1:\d+ answers/,
        /✔ PUBLIC_BASE_URL is https:/,
      ]) {
        assert.match(stdout, text);
      }
    });

    test('a schema that is not that of this release', async () => {
      const place = await newPlace(engine);
      const server = await place.start();
      await server.stop();
      await runSql(place, "delete from kysely_migration where name = '0005-webhooks'");
      const { code, stdout } = await place.run(['doctor']);
      assert.equal(code, 0);
      assert.match(
        stdout,
        /^! the schema lacks 0005-webhooks: the next start of this release applies them$/m,
      );
    });

    test('an event that is yet to come', async () => {
      const place = await newPlace(engine);
      const server = await place.start();
      await server.stop();
      await runSql(
        place,
        "insert into events (id, time, channel, listed, data) values ('e', 95617584000000, 'node', 1, '1')",
      );
      const { stdout } = await place.run(['doctor']);
      assert.match(stdout, /^! the newest event is of 5000-01-01T00:00:00\.000Z, which is yet to come/m);
    });

    test('a mail server that is not there', async () => {
      const place = await newPlace(engine);
      const { code, stdout } = await place.run(['doctor'], {
        SMTP_HOST: '127.0.0.1',
        SMTP_PORT: '1',
        EMAIL_SENDER: 'api@example.org',
      });
      assert.equal(code, 1);
      assert.match(stdout, /^✘ the mail server 127\.0\.0\.1:1 does not take our mails: .*ECONNREFUSED/m);
    });
  },
  { ownProcess: true },
);

onlyOn('sqlite', 'kernelci-api doctor, a file', () => {
  test('before the first start it makes nothing', async () => {
    const place = await newPlace('sqlite');
    const { code, stdout } = await place.run(['doctor']);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^! there is no database at \S+kernelci\.db yet: the first start makes it$/m);
    assert.match(stdout, /^! mails become files in \S+outbox: set SMTP_HOST/m);
    assert.match(stdout, /^! PUBLIC_BASE_URL is not set/m);
    assert.equal(existsSync(place.dataDir), false);
  });

  test('a damaged file', async () => {
    const place = await newPlace('sqlite');
    const server = await place.start();
    await server.stop();
    const [size] = await runSql(
      place,
      'select page_count * page_size as bytes from pragma_page_count, pragma_page_size',
    );
    const file = openSync(path.join(place.dataDir, 'kernelci.db'), 'r+');
    writeSync(file, Buffer.alloc(8192, 7), 0, 8192, Math.floor(Number(size?.bytes) / 8192) * 4096);
    const { code, stdout } = await place.run(['doctor']);
    assert.equal(code, 1, stdout);
    assert.match(stdout, /^✘ .*(damaged|malformed|cannot be used)/m);
  });

  test('a key that others may read', async () => {
    const place = await newPlace('sqlite');
    mkdirSync(place.dataDir);
    const key = path.join(place.dataDir, 'secret_key');
    writeFileSync(key, 'a key');
    chmodSync(key, 0o644);
    const { stdout } = await place.run(['doctor'], { SECRET_KEY: '' });
    assert.ok(stdout.includes(`! others may read the key ${key}: chmod 600 ${key}`), stdout);
  });
});

onlyOn('postgres', 'kernelci-api doctor, a server', () => {
  test('that does not answer, without SECRET_KEY', async () => {
    const place = await newPlace('postgres');
    const { code, stdout } = await place.run(['doctor'], {
      DATABASE_URL: 'postgres://nobody:hidden@127.0.0.1:1/nothing',
      SECRET_KEY: '',
    });
    assert.equal(code, 1);
    assert.match(stdout, /^✘ the PostgreSQL database .*ECONNREFUSED/m);
    assert.match(stdout, /^! SECRET_KEY is not set: .*second instance/m);
    assert.doesNotMatch(stdout, /hidden/);
  });
});

describe('kernelci-api doctor, settings', () => {
  test('each that is wrong is told', async () => {
    const { code, stdout } = await runApi(['doctor'], {
      env: { KCI_PORT: 'many', LOG_LEVEL: 'loud', PUBLIC_BASE_URL: 'api' },
    });
    assert.equal(code, 1);
    assert.deepEqual(
      lines(stdout, '✘').map((line) => line.split(':')[0]),
      ['✘ KCI_PORT', '✘ PUBLIC_BASE_URL', '✘ LOG_LEVEL'],
    );
  });

  test('an address in the clear', async () => {
    const { stdout } = await runApi(['doctor'], { env: { PUBLIC_BASE_URL: 'http://api.example.org' } });
    assert.match(stdout, /^! PUBLIC_BASE_URL is http:\/\/api\.example\.org: .*use https$/m);
  });

  test('help', async () => {
    const { code, stdout } = await runApi(['doctor', '--help']);
    assert.equal(code, 0);
    assert.match(stdout, /check everything that the server needs/);
  });
});
