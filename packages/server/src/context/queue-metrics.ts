import { SECOND } from '@kernelci/model';
import { listGroupsByPosition } from '../store/consumer-groups.ts';
import { countEntries, type EntryCounts } from '../store/dead-letters.ts';
import { nextDue } from '../store/lifecycle.ts';
import { longestLists } from '../store/list-items.ts';
import { mailQueue } from '../store/mails.ts';
import { countTroubled } from '../store/webhooks.ts';
import type { DatabaseReadings } from './database-readings.ts';
import type { Tools } from './tools.ts';

/** Lists and groups that are shown: those with the most in them. */
const SHOWN = 50;
/** Groups that are looked at. */
const GROUPS = 1000;

function showMails({ services, metrics }: Tools, readings: DatabaseReadings): void {
  const { db, clock } = services;
  const mails = readings.add(() => mailQueue(db.reader));
  metrics.gauge('kci_mails_waiting', 'Mails that are still to be sent', async () => (await mails())?.waiting);
  metrics.gauge(
    'kci_mail_oldest_age_seconds',
    'Age of the oldest mail that waits; 0: none does',
    async () => {
      const queue = await mails();
      if (queue === undefined) return undefined;
      return queue.oldest === null ? 0 : Math.max(0, clock() - queue.oldest) / SECOND;
    },
  );
  const failed = 'Mails given up as undeliverable, as long as they are kept';
  metrics.gauge('kci_mails_failed', failed, async () => (await mails())?.failed);
}

function showWebhooks({ services, metrics }: Tools, readings: DatabaseReadings): void {
  const webhooks = readings.add(() => countTroubled(services.db.reader));
  const failing = 'Webhooks whose receiver did not take the last event sent to it, which is tried again';
  metrics.gauge('kci_webhooks_failing', failing, async () => (await webhooks())?.failing);
  const disabled = 'Webhooks that are not delivered to until somebody enables them';
  metrics.gauge('kci_webhooks_disabled', disabled, async () => (await webhooks())?.disabled);
}

function showLifecycle({ services, metrics }: Tools, readings: DatabaseReadings): void {
  const { db, clock } = services;
  const late = readings.add(async () => {
    const due = await nextDue(db.reader);
    return due === null ? 0 : Math.max(0, clock() - due) / SECOND;
  });
  const help = 'For how long the timeout or holdoff of the most overdue node has been over; 0: none is';
  metrics.gauge('kci_lifecycle_late_seconds', help, late);
}

function showGroups({ services, metrics }: Tools, readings: DatabaseReadings): void {
  const { db, clock } = services;
  const groups = readings.add(async () => {
    const all = await listGroupsByPosition(db.reader, GROUPS);
    const ids = all.map(({ id }) => id);
    const counts = await countEntries(db.reader, ids, clock());
    return all.map(({ id, name }) => ({ group: name, ...(counts.get(id) ?? { pending: 0, dead: 0 }) }));
  });
  const most = (of: keyof EntryCounts) => async () =>
    (await groups())
      ?.toSorted((a, b) => b[of] - a[of])
      .slice(0, SHOWN)
      .map(({ group, [of]: value }) => ({ labels: { group }, value }));
  const pending = 'Entries that workers of a consumer group have claimed and not acknowledged';
  metrics.gauges({ name: 'kci_group_pending_entries', help: pending, labels: ['group'] }, most('pending'));
  const dead = 'Entries that a consumer group has given up';
  metrics.gauges({ name: 'kci_group_dead_letters', help: dead, labels: ['group'] }, most('dead'));
}

function showLists({ services, metrics }: Tools, readings: DatabaseReadings): void {
  const lists = readings.add(() => longestLists(services.db.reader, SHOWN));
  const help = 'Items that were pushed to a list and not popped; lists without any are not shown';
  metrics.gauges({ name: 'kci_list_items', help, labels: ['list'] }, async () =>
    (await lists())?.map(({ list, items }) => ({ labels: { list }, value: items })),
  );
}

/** What waits to be done, in all instances together. */
export function showQueues(tools: Tools, readings: DatabaseReadings): void {
  for (const show of [showMails, showWebhooks, showLifecycle, showGroups, showLists]) show(tools, readings);
}
