import { EventLag } from '../events/event-lag.ts';
import type { Listeners } from '../events/listeners.ts';
import type { WebhookWorker } from '../webhooks/worker.ts';
import type { DatabaseReadings } from './database-readings.ts';
import type { Tools } from './tools.ts';

/** How far who follows the log is behind. */
export function showLag(
  { services, metrics }: Tools,
  readings: DatabaseReadings,
  { listeners, webhooks }: { listeners: Listeners; webhooks: WebhookWorker },
): void {
  const lag = new EventLag({
    reader: services.db.reader,
    heardBy: (subscription) => listeners.positionOf(subscription),
    webhooks: () => webhooks.watched,
  });
  const read = readings.add(() => lag.read());
  const help =
    'Entries of the event log from the first that a follower has not had yet to the end; 0: there is none for it';
  metrics.gauges({ name: 'kci_event_lag_entries', help, labels: ['kind', 'name'] }, async () =>
    (await read())?.map(({ kind, name, entries }) => ({ labels: { kind, name }, value: entries })),
  );
}
