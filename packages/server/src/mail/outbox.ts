import { mkdir, open, rename } from 'node:fs/promises';
import path from 'node:path';
import { createTransport } from 'nodemailer';
import { toMessage } from './message.ts';
import type { MailTransport } from './transport.ts';

export function outboxPath(folder: string, mailId: string): string {
  return path.join(folder, `${mailId}.eml`);
}

async function flush(file: string): Promise<void> {
  const handle = await open(file, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes the file under another name first: under its own it is there whole, or not at all. */
async function writeWhole(file: string, content: Buffer): Promise<void> {
  const folder = path.dirname(file);
  const unfinished = path.join(folder, `.${path.basename(file)}.part`);
  const handle = await open(unfinished, 'w', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(unfinished, file);
  await flush(folder);
}

/** Keeps mails as files, for a service without a mail server. */
export function outboxTransport(folder: string, sender: string): MailTransport {
  const composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  return {
    async send(mail) {
      const { message } = await composer.sendMail(toMessage(mail, sender));
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeWhole(outboxPath(folder, mail.id), message as Buffer);
    },
  };
}
