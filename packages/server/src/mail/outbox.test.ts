import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import PostalMime from 'postal-mime';
import { forEachEngine } from '../../../../test/helpers/engines.ts';
import { makeTempFolder } from '../../../../test/helpers/temp-folder.ts';
import { outboxFile } from './worker.ts';
import { MailBench, SECRET, SENDER } from './worker-fixture.ts';

const mode = (file: string): number => statSync(file).mode & 0o777;

function makeOutbox() {
  const folder = path.join(makeTempFolder('outbox'), 'outbox');
  const delivery = { kind: 'outbox', folder } as const;
  const fileOf = (id: string) => {
    const file = outboxFile({ delivery, sender: SENDER, templatesDir: undefined }, id);
    assert.ok(file);
    return file;
  };
  return { folder, delivery, fileOf };
}

forEachEngine('mail outbox', (engine) => {
  test('without a mail server a mail becomes a file for its owner only', async () => {
    const bench = await MailBench.open(engine);
    const { folder, delivery, fileOf } = makeOutbox();
    bench.startWorker(delivery);
    const id = await bench.queue('ada@example.org');
    await bench.sent(id);
    assert.equal(fileOf(id), path.join(folder, `${id}.eml`));
    assert.deepEqual(readdirSync(folder), [`${id}.eml`]);
    assert.equal(mode(folder), 0o700);
    assert.equal(mode(fileOf(id)), 0o600);
    const raw = readFileSync(fileOf(id), 'utf8');
    const mail = await PostalMime.parse(raw);
    assert.deepEqual(mail.from, { name: 'KernelCI API', address: SENDER });
    assert.deepEqual(mail.to, [{ name: '', address: 'ada@example.org' }]);
    assert.equal(mail.subject, `Subject of ${id}`);
    assert.equal(mail.text?.trimEnd(), `Text with\n${SECRET}`);
    assert.match(mail.html ?? '', new RegExp(SECRET));
    assert.doesNotMatch(raw, /[^\r]\n/);
  });

  test('a long token can be copied from the file', async () => {
    const bench = await MailBench.open(engine);
    const { delivery, fileOf } = makeOutbox();
    const id = await bench.queue('ada@example.org');
    const token = `eyJ${'0123456789'.repeat(40)}`;
    await bench.db.write((tx) =>
      tx.sql
        .updateTable('mails')
        .set({ body_text: `Token:\n${token}\n` })
        .execute(),
    );
    bench.startWorker(delivery);
    await bench.sent(id);
    assert.ok(readFileSync(fileOf(id), 'utf8').split('\r\n').includes(token));
  });

  test('a text in any script arrives as it was', async () => {
    const bench = await MailBench.open(engine);
    const { delivery, fileOf } = makeOutbox();
    const id = await bench.queue('ada@example.org');
    const text = 'Grüße, 李雷 🐧\n.\nFrom here';
    const subject = 'Grüße, 李雷 🐧';
    await bench.db.write((tx) => tx.sql.updateTable('mails').set({ body_text: text, subject }).execute());
    bench.startWorker(delivery);
    await bench.sent(id);
    const mail = await PostalMime.parse(readFileSync(fileOf(id)));
    assert.equal(mail.text?.trimEnd(), text);
    assert.equal(mail.subject, subject);
  });

  test('a file that cannot be written is written later', async () => {
    const bench = await MailBench.open(engine);
    const { folder, delivery, fileOf } = makeOutbox();
    writeFileSync(folder, 'in the way');
    bench.startWorker(delivery);
    const id = await bench.queue('ada@example.org');
    const row = await bench.tried(id, 1);
    assert.equal(row.state, 'queued');
    assert.match(row.last_error ?? '', /EEXIST|ENOTDIR/);
    rmSync(folder);
    await bench.sent(id);
    assert.match(readFileSync(fileOf(id), 'utf8'), new RegExp(SECRET));
  });

  test('the remains of a process that died while it wrote do no harm', async () => {
    const bench = await MailBench.open(engine);
    const { folder, delivery, fileOf } = makeOutbox();
    const id = await bench.queue('ada@example.org');
    mkdirSync(folder);
    writeFileSync(path.join(folder, `.${id}.eml.part`), 'half a mail');
    bench.startWorker(delivery);
    await bench.sent(id);
    assert.deepEqual(readdirSync(folder), [`${id}.eml`]);
    assert.doesNotMatch(readFileSync(fileOf(id), 'utf8'), /half a mail/);
  });
});
