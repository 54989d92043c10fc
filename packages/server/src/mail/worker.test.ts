import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { DAY, HOUR } from '@kernelci/model';
import { forEachEngine } from '../../../../test/helpers/engines.ts';
import { startSmtpServer } from '../../../../test/helpers/smtp.ts';
import { refusal, smtpTo, startOddServer, startSilentServer } from './smtp-fixture.ts';
import { MailBench, SECRET, SENDER } from './worker-fixture.ts';

/** A port at which nothing listens, until a test starts a server there. */
async function freePort(): Promise<number> {
  const server = await startSmtpServer();
  await server.stop();
  return server.port;
}

forEachEngine('mail worker', (engine) => {
  test('a mail arrives whole, and nothing of it stays', async () => {
    const bench = await MailBench.open(engine);
    const smtp = await startSmtpServer();
    bench.startWorker(smtpTo(smtp));
    const id = await bench.queue('ada@example.org');
    await bench.sent(id);
    const [received, ...others] = smtp.mails;
    assert.deepEqual(others, []);
    assert.equal(received?.from, SENDER);
    assert.deepEqual(received?.to, ['ada@example.org']);
    const { mail } = received;
    assert.deepEqual(mail.from, { name: 'KernelCI API', address: SENDER });
    assert.equal(mail.subject, `Subject of ${id}`);
    assert.equal(mail.messageId, `<${id}@kernelci.example>`);
    assert.equal(mail.headers.find(({ key }) => key === 'auto-submitted')?.value, 'auto-generated');
    assert.ok(Math.abs(Date.now() - Date.parse(mail.date ?? '')) < HOUR);
    assert.equal(mail.text?.trimEnd(), `Text with\n${SECRET}`);
    assert.match(mail.html ?? '', new RegExp(`<p>Markup with ${SECRET}</p>`));
  });

  test('no log names a recipient or says what was in a mail', async () => {
    const bench = await MailBench.open(engine);
    const smtp = await startSmtpServer();
    bench.startWorker(smtpTo(smtp));
    const sent = await bench.queue('ada@example.org');
    await bench.sent(sent);
    const odd = await startOddServer({
      onRcptTo: (address, _session, done) => done(refusal(550, `5.1.1 <${address.address}>: nobody here`)),
    });
    await bench.stopWorkers();
    bench.startWorker(smtpTo(odd));
    const failed = await bench.queue('nemo@example.org');
    await bench.tried(failed, 1);
    await bench.stopWorkers();
    for (const id of [sent, failed]) assert.match(bench.logs, new RegExp(id));
    assert.doesNotMatch(bench.logs, /ada|nemo|example\.org|the-token|Subject of/);
  });

  test('a mail server that is down delays a mail', async () => {
    const bench = await MailBench.open(engine);
    const port = await freePort();
    bench.startWorker(smtpTo({ host: '127.0.0.1', port }));
    const id = await bench.queue('ada@example.org');
    const row = await bench.tried(id, 2);
    assert.equal(row.state, 'queued');
    assert.match(row.last_error ?? '', /ECONNREFUSED/);
    const smtp = await startSmtpServer({ port });
    await bench.sent(id);
    assert.equal(smtp.mails.length, 1);
  });

  test('a restart tries at once what was waiting', async () => {
    const bench = await MailBench.open(engine);
    const port = await freePort();
    const timing = { retries: [HOUR] };
    bench.startWorker(smtpTo({ host: '127.0.0.1', port }), { timing });
    const id = await bench.queue('ada@example.org');
    await bench.tried(id, 1);
    await bench.stopWorkers();
    const smtp = await startSmtpServer({ port });
    bench.startWorker(smtpTo(smtp), { timing });
    await bench.sent(id);
    assert.equal(smtp.mails.length, 1);
  });

  test('the first mail after an outage fetches those that wait', async () => {
    const bench = await MailBench.open(engine);
    const port = await freePort();
    bench.startWorker(smtpTo({ host: '127.0.0.1', port }), { timing: { retries: [HOUR] } });
    const waiting = await bench.queue('ada@example.org');
    await bench.tried(waiting, 1);
    const smtp = await startSmtpServer({ port });
    await bench.sent(await bench.queue('bob@example.org'));
    await bench.sent(waiting);
    assert.equal(smtp.mails.length, 2);
  });

  test('a temporary refusal is followed by another attempt', async () => {
    const bench = await MailBench.open(engine);
    const smtp = await startSmtpServer({ failFirst: { times: 2, code: 451 } });
    bench.startWorker(smtpTo(smtp));
    const id = await bench.queue('ada@example.org');
    await bench.sent(id);
    assert.equal(smtp.attempts(), 3);
    assert.equal(smtp.mails.length, 1);
  });

  test('a final refusal ends the attempts, and the content is forgotten', async () => {
    const bench = await MailBench.open(engine);
    const smtp = await startSmtpServer({ failFirst: { times: 1, code: 550 } });
    bench.startWorker(smtpTo(smtp));
    const id = await bench.queue('ada@example.org');
    const row = await bench.tried(id, 1);
    assert.equal(row.state, 'failed');
    assert.equal(row.body_text + row.body_html, '');
    assert.match(row.last_error ?? '', /550 not now/);
    await bench.sent(await bench.queue('bob@example.org'));
    await bench.stopWorkers();
    assert.equal(smtp.attempts(), 2);
    assert.match(bench.logs, /no further attempt/);
  });

  test('a refusal of the recipient is final, one for reasons of policy or of the sender is not', async () => {
    const bench = await MailBench.open(engine);
    const odd = await startOddServer({
      onMailFrom: (_address, _session, done) => done(),
      onRcptTo: ({ address }, _session, done) =>
        done(
          address.startsWith('unknown')
            ? refusal(550, '5.1.1 no such user')
            : refusal(554, '5.7.1 relay access denied'),
        ),
    });
    const strict = await startOddServer({
      onMailFrom: (_address, _session, done) => done(refusal(550, 'not from you')),
    });
    bench.startWorker(smtpTo(odd));
    const unknown = await bench.queue('unknown@example.org');
    assert.equal((await bench.tried(unknown, 1)).state, 'failed');
    const policy = await bench.queue('ada@example.org');
    assert.equal((await bench.tried(policy, 2)).state, 'queued');
    await bench.stopWorkers();
    bench.startWorker(smtpTo(strict));
    const sender = await bench.queue('ada@example.org');
    assert.equal((await bench.tried(sender, 2)).state, 'queued');
  });

  test('an address that is not exactly one fails at once, and no server hears of it', async () => {
    const bench = await MailBench.open(engine);
    const smtp = await startSmtpServer();
    bench.startWorker(smtpTo(smtp));
    const hostile = [
      '',
      'ada',
      'ada@example.org\r\nBcc: eve@example.org',
      'ada@example.org, eve@example.org',
      'Friends: ada@example.org;',
      'ada@example.org <eve@example.org>',
      'eve@example.com@example.org',
    ];
    for (const address of hostile) {
      const row = await bench.tried(await bench.queue(address), 1);
      assert.equal(row.state, 'failed', address);
    }
    await bench.sent(await bench.queue('bob@example.org'));
    assert.deepEqual(
      smtp.mails.map(({ to }) => to),
      [['bob@example.org']],
    );
  });

  test('a mail server that hangs holds up neither the stop nor the mail', async () => {
    const bench = await MailBench.open(engine);
    const silent = await startSilentServer();
    bench.startWorker(smtpTo(silent), { timing: { stop: 100 } });
    const id = await bench.queue('ada@example.org');
    await bench.claimed(id);
    await bench.stopWorkers();
    const row = await bench.row(id);
    assert.equal(row?.attempts, 0);
    assert.ok(row.due <= Date.now(), 'the mail is free for the next worker');
    const smtp = await startSmtpServer();
    bench.startWorker(smtpTo(smtp));
    await bench.sent(id);
  });

  test('an attempt that takes too long counts as failed', async () => {
    const bench = await MailBench.open(engine);
    bench.startWorker(smtpTo(await startSilentServer()), { timing: { attempt: 200 } });
    const row = await bench.tried(await bench.queue('ada@example.org'), 2);
    assert.equal(row.state, 'queued');
    assert.equal(row.last_error, 'the mail server did not finish in time');
  });

  test('two workers on one database send every mail once', async () => {
    const bench = await MailBench.open(engine);
    const other = await bench.openAgain();
    const smtp = await startSmtpServer();
    const ids: string[] = [];
    for (let n = 0; n < 40; n += 1) ids.push(await bench.queue(`user${n}@example.org`));
    bench.startWorker(smtpTo(smtp));
    bench.startWorker(smtpTo(smtp), { db: other });
    for (const id of ids) await bench.sent(id);
    await bench.stopWorkers();
    const recipients = smtp.mails.flatMap(({ to }) => to).sort();
    assert.deepEqual(recipients, ids.map((_id, n) => `user${n}@example.org`).sort());
  });

  test('a worker keeps a mail that takes longer than its lease', async () => {
    const bench = await MailBench.open(engine);
    const other = await bench.openAgain();
    let offers = 0;
    const slow = await startOddServer({
      onData(stream, _session, done) {
        offers += 1;
        stream.resume();
        stream.on('end', () => void delay(3000).then(() => done()));
      },
    });
    const timing = { lease: 1200 };
    bench.startWorker(smtpTo(slow), { timing });
    bench.startWorker(smtpTo(slow), { timing, db: other });
    await bench.sent(await bench.queue('ada@example.org'));
    assert.equal(offers, 1);
  });

  test('a mail whose worker is gone is taken over when the lease ends', async () => {
    const bench = await MailBench.open(engine);
    const id = await bench.queue('ada@example.org');
    const lease = Date.now() + 1000;
    await bench.db.write((tx) => tx.sql.updateTable('mails').set({ due: lease }).execute());
    const smtp = await startSmtpServer();
    bench.startWorker(smtpTo(smtp));
    await bench.sent(id);
    assert.ok(Date.now() >= lease);
  });

  test('after three days a mail is given up', async () => {
    const bench = await MailBench.open(engine);
    const down = smtpTo({ host: '127.0.0.1', port: await freePort() });
    let age = 0;
    bench.startWorker(down, { clock: () => Date.now() + age, timing: { retries: [HOUR] } });
    const id = await bench.queue('ada@example.org');
    assert.equal((await bench.tried(id, 1)).state, 'queued');
    age = 3 * DAY;
    const row = await bench.tried(id, 2);
    assert.equal(row.state, 'failed');
    assert.equal(row.body_text + row.body_html, '');
  });

  test('mails that failed are forgotten after a month', async () => {
    const bench = await MailBench.open(engine);
    const smtp = await startSmtpServer({ failFirst: { times: 2, code: 550 } });
    let age = 0;
    bench.startWorker(smtpTo(smtp), { clock: () => Date.now() + age });
    const old = await bench.queue('ada@example.org');
    assert.equal((await bench.tried(old, 1)).state, 'failed');
    age = 31 * DAY;
    await bench.queue('bob@example.org');
    await bench.sent(old);
  });
});
