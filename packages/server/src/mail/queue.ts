import type { Tx } from '../store/database.ts';
import { deleteMail, insertMail } from '../store/mails.ts';
import type { ComposedMail } from './templates.ts';

/** Stores the mail with the rest of the transaction; it is sent after the commit, by this process or another. */
export async function queueMail(tx: Tx, mail: ComposedMail, now: number): Promise<void> {
  await insertMail(tx, {
    id: mail.id,
    recipient: mail.recipient,
    subject: mail.subject,
    body_text: mail.text,
    body_html: mail.html,
    state: 'queued',
    attempts: 0,
    created: now,
    due: now,
    last_error: null,
  });
  tx.wake('mail');
}

/**
 * The same work as `queueMail`, without a mail: where nobody is to learn whether an address is known, its time must
 * not tell either.
 */
export async function pretendToQueueMail(tx: Tx, mail: ComposedMail, now: number): Promise<void> {
  await queueMail(tx, mail, now);
  await deleteMail(tx, mail.id);
}
