import type { Insertable, Selectable } from 'kysely';
import type { Executor, Tx } from './database.ts';
import type { MailTable } from './schema.ts';

export type MailRow = Selectable<MailTable>;

export async function insertMail(tx: Tx, row: Insertable<MailTable>): Promise<void> {
  await tx.sql.insertInto('mails').values(row).execute();
}

/** When the next queued mail is due; undefined when none is queued. */
export async function nextMailDue(x: Executor): Promise<number | undefined> {
  const row = await x.sql
    .selectFrom('mails')
    .select('due')
    .where('state', '=', 'queued')
    .orderBy('due')
    .limit(1)
    .executeTakeFirst();
  return row?.due;
}

export interface MailQueue {
  waiting: number;
  /** When the oldest of those that wait was written; null when none waits. */
  oldest: number | null;
  /** Given up, and not removed yet. */
  failed: number;
}

export async function mailQueue(x: Executor): Promise<MailQueue> {
  const rows = await x.sql
    .selectFrom('mails')
    .select((eb) => ['state', eb.fn.countAll<number>().as('mails'), eb.fn.min('created').as('oldest')])
    .groupBy('state')
    .execute();
  const of = (state: MailRow['state']) => rows.find((row) => row.state === state);
  return {
    waiting: Number(of('queued')?.mails ?? 0),
    oldest: of('queued')?.oldest ?? null,
    failed: Number(of('failed')?.mails ?? 0),
  };
}

/**
 * Takes queued mails that are due, the earliest first, and keeps them from others until `lease`: a claimed mail is
 * due again only then. The rows carry the lease as their `due`.
 */
export async function claimMails(
  tx: Tx,
  claim: { now: number; lease: number; limit: number; except: readonly string[] },
): Promise<MailRow[]> {
  let query = tx.sql
    .selectFrom('mails')
    .selectAll()
    .where('state', '=', 'queued')
    .where('due', '<=', claim.now);
  if (claim.except.length > 0) query = query.where('id', 'not in', claim.except);
  const rows = await query.orderBy('due').orderBy('seq').limit(claim.limit).execute();
  const claimed: MailRow[] = [];
  for (const row of rows) {
    if (await moveDue(tx, { id: row.id, from: row.due, to: claim.lease })) {
      claimed.push({ ...row, due: claim.lease });
    }
  }
  return claimed;
}

/** Moves the mail's due time when it still is `from`; false when others have claimed, moved or deleted the mail. */
export async function moveDue(tx: Tx, move: { id: string; from: number; to: number }): Promise<boolean> {
  const result = await tx.sql
    .updateTable('mails')
    .set({ due: move.to })
    .where('id', '=', move.id)
    .where('state', '=', 'queued')
    .where('due', '=', move.from)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Makes every queued mail that is due after `margin` due now. */
export async function hastenMails(tx: Tx, times: { now: number; margin: number }): Promise<void> {
  await tx.sql
    .updateTable('mails')
    .set({ due: times.now })
    .where('state', '=', 'queued')
    .where('due', '>', times.now + times.margin)
    .execute();
}

export async function deleteMail(tx: Tx, id: string): Promise<void> {
  await tx.sql.deleteFrom('mails').where('id', '=', id).execute();
}

/** Records a failed attempt on a mail that is still held under the lease, and when the next is due. */
export async function postponeMail(
  tx: Tx,
  mail: { id: string; lease: number },
  attempt: { attempts: number; due: number; last_error: string },
): Promise<void> {
  await tx.sql
    .updateTable('mails')
    .set(attempt)
    .where('id', '=', mail.id)
    .where('state', '=', 'queued')
    .where('due', '=', mail.lease)
    .execute();
}

/** Ends the attempts. What the mail said is forgotten: it may hold a token or a password. */
export async function failMail(
  tx: Tx,
  mail: { id: string; lease: number },
  outcome: { attempts: number; last_error: string },
): Promise<void> {
  await tx.sql
    .updateTable('mails')
    .set({ ...outcome, state: 'failed', body_text: '', body_html: '' })
    .where('id', '=', mail.id)
    .where('state', '=', 'queued')
    .where('due', '=', mail.lease)
    .execute();
}

export async function deleteFailedMails(tx: Tx, createdBefore: number): Promise<void> {
  await tx.sql
    .deleteFrom('mails')
    .where('state', '=', 'failed')
    .where('created', '<', createdBefore)
    .execute();
}
