import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forEachEngine } from '../../../../test/helpers/engines.ts';
import { startSmtpServer } from '../../../../test/helpers/smtp.ts';
import { smtpTo, startOddServer, trust } from './smtp-fixture.ts';
import { MailBench } from './worker-fixture.ts';

const auth = { user: 'api@kernelci.example', password: 'the-password-of-the-account' };

forEachEngine('mail over TLS', (engine) => {
  test('STARTTLS is used where the server offers it', async () => {
    const bench = await MailBench.open(engine);
    const smtp = await startSmtpServer({ security: 'starttls' });
    trust(smtp);
    bench.startWorker(smtpTo(smtp));
    await bench.sent(await bench.queue('ada@example.org'));
    assert.deepEqual(
      smtp.mails.map(({ secure }) => secure),
      [true],
    );
  });

  test('a login goes over STARTTLS', async () => {
    const bench = await MailBench.open(engine);
    const smtp = await startSmtpServer({ security: 'starttls', auth });
    trust(smtp);
    bench.startWorker(smtpTo(smtp, auth));
    await bench.sent(await bench.queue('ada@example.org'));
    assert.equal(smtp.mails[0]?.secure, true);
  });

  test('a login goes over TLS from the first byte', async () => {
    const bench = await MailBench.open(engine);
    const smtp = await startSmtpServer({ security: 'tls', auth });
    trust(smtp);
    bench.startWorker(smtpTo(smtp, { tls: true, ...auth }));
    await bench.sent(await bench.queue('ada@example.org'));
    assert.equal(smtp.mails[0]?.secure, true);
  });

  test('a password is never sent without TLS', async () => {
    const bench = await MailBench.open(engine);
    let logins = 0;
    const plain = await startOddServer({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      onAuth(_auth, _session, done) {
        logins += 1;
        done(null, { user: 'anybody' });
      },
    });
    bench.startWorker(smtpTo(plain, auth));
    const row = await bench.tried(await bench.queue('ada@example.org'), 2);
    assert.equal(row.state, 'queued');
    assert.match(row.last_error ?? '', /STARTTLS/);
    assert.equal(logins, 0);
  });

  test('nothing is sent to a server whose certificate is not trusted', async () => {
    const bench = await MailBench.open(engine);
    const smtp = await startSmtpServer({ security: 'tls', auth });
    bench.startWorker(smtpTo(smtp, { tls: true, ...auth }));
    const row = await bench.tried(await bench.queue('ada@example.org'), 2);
    assert.equal(row.state, 'queued');
    assert.match(row.last_error ?? '', /self-signed certificate/);
    assert.equal(smtp.attempts(), 0);
  });

  test('a mail waits while the login is refused, and names no password', async () => {
    const bench = await MailBench.open(engine);
    const smtp = await startSmtpServer({ security: 'starttls', auth });
    trust(smtp);
    bench.startWorker(smtpTo(smtp, { ...auth, password: 'a-wrong-password' }));
    const id = await bench.queue('ada@example.org');
    const row = await bench.tried(id, 2);
    assert.equal(row.state, 'queued');
    assert.match(row.last_error ?? '', /535/);
    await bench.stopWorkers();
    bench.startWorker(smtpTo(smtp, auth));
    await bench.sent(id);
    assert.equal(smtp.mails.length, 1);
    assert.doesNotMatch(bench.logs, /password-of|a-wrong/);
  });
});
