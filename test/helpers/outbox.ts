import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import PostalMime from 'postal-mime';
import { eventually } from './eventually.ts';

export interface OutboxMail {
  to: string;
  subject: string;
  text: string;
}

/** Every mail in the outbox of a server that has no mail server, the oldest first. */
export async function readOutbox(server: { dataDir: string }): Promise<OutboxMail[]> {
  const folder = path.join(server.dataDir, 'outbox');
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((name) => !name.startsWith('.') && name.endsWith('.eml'));
  return Promise.all(
    files.sort().map(async (name) => {
      const mail = await PostalMime.parse(readFileSync(path.join(folder, name)));
      return { to: mail.to?.[0]?.address ?? '', subject: mail.subject ?? '', text: mail.text ?? '' };
    }),
  );
}

/** Waits for a mail to the address whose subject fits. */
export function waitForOutbox(server: { dataDir: string }, to: string, subject: RegExp): Promise<OutboxMail> {
  return eventually(`a mail to ${to} about ${subject}`, async () =>
    (await readOutbox(server)).findLast((mail) => mail.to === to && subject.test(mail.subject)),
  );
}

/** The token in a mail's text. */
export function tokenIn({ text }: OutboxMail): string {
  const token = /^\s*(eyJ[\w-]+\.[\w-]+\.[\w-]+)\s*$/m.exec(text)?.[1];
  assert.ok(token, text);
  return token;
}
