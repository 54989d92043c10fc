import { recordAct, SYSTEM } from '../domain/audit/record.ts';
import { queueMail } from '../mail/queue.ts';
import type { Tx } from '../store/database.ts';
import type { EventRow } from '../store/event-row.ts';
import { insertDelivery } from '../store/webhook-deliveries.ts';
import { type Lease, recordDelivered, recordFailed, type WorkRow } from '../store/webhook-work.ts';
import { nextAttempt } from './backoff.ts';
import type { DeliveryTools } from './delivery-tools.ts';
import { isGone, type Sent } from './sender.ts';

/** One request that was made for an entry of the log. */
export interface Attempt {
  event: Pick<EventRow, 'seq' | 'id'>;
  began: number;
  number: number;
  sent: Sent;
}

/** Writes down what became of a request. */
export async function storeAttempt(tx: Tx, webhookId: string, attempt: Attempt): Promise<void> {
  const { event, began, number, sent } = attempt;
  await insertDelivery(tx, {
    webhook_id: webhookId,
    sequence_id: event.seq,
    event_id: event.id,
    time: began,
    attempt: number,
    outcome: sent.error === null ? 'delivered' : 'failed',
    response_status: sent.status,
    error: sent.error,
    ms: sent.ms,
  });
}

/** False when the lease was lost, or the webhook has changed meanwhile: then the entry will be tried again. */
export async function storeDelivered(tx: Tx, lease: Lease, attempt: Attempt): Promise<boolean> {
  const recorded = await recordDelivered(tx, lease, attempt.event.seq);
  await storeAttempt(tx, lease.id, attempt);
  return recorded;
}

const minutesOf = (epochMs: number): string =>
  `${new Date(epochMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** What follows from a failed attempt. */
export interface Consequence {
  attempts: number;
  since: number;
  /** Undefined: there is no further attempt. */
  next: number | undefined;
}

export function consequenceOf(
  { timing, clock }: Pick<DeliveryTools, 'timing' | 'clock'>,
  row: WorkRow,
  attempt: Attempt,
): Consequence {
  const since = row.failing_since ?? attempt.began;
  const failures = { attempts: attempt.number, since, now: clock() };
  const next = isGone(attempt.sent) ? undefined : nextAttempt(timing, failures);
  return { attempts: attempt.number, since, next };
}

function disabledMail(
  tools: Pick<DeliveryTools, 'mails' | 'apiUrl'>,
  row: WorkRow,
  since: number,
  error: string,
) {
  return tools.mails.compose('webhook-disabled', row.email, {
    username: row.username,
    url: row.url,
    since: minutesOf(since),
    error,
    apiUrl: tools.apiUrl(),
    id: row.id,
  });
}

/** Puts the entry off, or disables the webhook and tells its owner. False as `storeDelivered`. */
export async function storeFailed(
  tx: Tx,
  tools: Pick<DeliveryTools, 'mails' | 'apiUrl' | 'clock'>,
  row: WorkRow,
  failure: { lease: Lease; attempt: Attempt; consequence: Consequence },
): Promise<boolean> {
  const { lease, attempt, consequence } = failure;
  const { attempts, since, next } = consequence;
  const error = attempt.sent.error ?? '';
  const recorded = await recordFailed(tx, lease, {
    state: next === undefined ? 'disabled' : 'active',
    attempts,
    failing_since: since,
    next_attempt: next ?? null,
    last_error: error,
  });
  await storeAttempt(tx, row.id, attempt);
  if (!recorded || next !== undefined) return recorded;
  const now = tools.clock();
  await queueMail(tx, disabledMail(tools, row, since, error), now);
  const target = { type: 'webhook', id: row.id, name: new URL(row.url).host } as const;
  await recordAct(tx, SYSTEM, { action: 'webhook.disable', target, after: { error } }, now);
  return recorded;
}
